import BrokerClient
import CommandLine
import EventLoop
import ModelAPI
import Spelling
import Wire

/// `genbroker limits`
struct Limits: Command {
  static let about = About(
    "limits", "Show the limits of model calls and the accounts that are parked, or change them.",
    discussion: """
      A limit is of a scope: 'all' calls, those to 'provider:NAME' or 'model:PROVIDER/MODEL', or what one user ('user:UID') \
      or each user without a limit of its own ('users') may take in a day (UTC). It counts concurrent calls, \
      requests-per-minute or tokens-per-minute; by day, usd-per-day, calls-per-day, tokens-per-day or credits-per-day.

      A provider that refuses an account for a while (too many requests, no money, a bad key) parks it: no call of any job is \
      made with it until then.

      Only the broker's own user and root change limits.
      """,
    examples: [
      .init("genbroker limits --scope provider:openai --set concurrent=4", "Four calls at a time to openai."),
      .init("genbroker limits --scope users --set usd-per-day=5", "Five dollars a day for every user."),
      .init("genbroker limits --scope provider:openai --clear concurrent", "No such limit any more."),
      .init("genbroker limits --unpark openai:1a2b3c4d", "Call with this account again, at once."),
    ])

  @Option("--scope SCOPE", "What --set and --clear are about.") var scope = "all"
  @Option("--set UNIT=VALUE", "Set a limit.") var set: [LimitSetting]
  @Option("--clear UNIT", "Take a limit away.") var clear: [LimitUnitChoice]
  @Option("--unpark ACCOUNT", "Let a parked account be called again.") var unpark: [String]
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func validate() throws(UsageError) {
    if scope != "all", set.isEmpty, clear.isEmpty {
      throw UsageError("--scope says what --set or --clear is about", hint: "add one of them, or leave out --scope")
    }
    let units = set.map(\.unit) + clear
    guard Set(units).count == units.count else {
      throw UsageError("a limit is named twice", hint: "set or clear each once")
    }
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    if !set.isEmpty { context.warn(unknownProvider(of: scope, context.environment)) }
    for setting in set {
      _ = try await broker.call(AdminAPI.SetLimit(scope: scope, unit: setting.unit.unit, value: setting.value))
    }
    for unit in clear { _ = try await broker.call(AdminAPI.SetLimit(scope: scope, unit: unit.unit)) }
    for account in unpark { _ = try await broker.call(AdminAPI.Unpark(account: account)) }
    let limits = try await broker.call(AdminAPI.Limits())
    if output.json {
      context.output.print(json: limits)
    } else {
      print(limits, context)
    }
    return .done
  }

  private func print(_ limits: AdminAPI.Limits.Reply, _ context: CommandContext) {
    if limits.limits.isEmpty {
      context.say("no limits; 'genbroker limits --scope SCOPE --set UNIT=VALUE' sets one")
    } else {
      context.output.print(limitTable(limits.limits))
    }
    context.output.print(parkedLines(limits.parked, time: TimeText(now: WallClock.nowMs())))
  }
}

/// What the user should know about a scope whose provider the configuration here does not have: workers may have another one.
func unknownProvider(of scope: String, _ environment: [String: String]) -> [String] {
  let parts = scope.split(separator: ":", maxSplits: 1).map(String.init)
  guard parts.count == 2, ["provider", "model"].contains(parts[0]),
    let name = parts[1].split(separator: "/").first.map(String.init),
    // Without a configuration that can be read nothing is known.
    let table = try? ModelFileOption().load(environment), table.providers[name] == nil
  else { return [] }
  let known = table.providers.keys.sorted()
  let all = "there are \(known.joined(separator: ", "))."
  let near = nearest(to: name, among: known).map { "do you mean '\($0)'?" } ?? all
  return ["the configuration of models here has no provider '\(name)': \(near) The limit is set all the same"]
}
