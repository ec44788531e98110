import CrashHarness
import EventLoop
import Glibc

/// The crash harness: `crash [--rounds N] [--seed S] [--minutes M]` and `crash --strace`; it starts itself as each of its clients, too:
/// `crash ROLE --name NAME --directory PLACE`.
@main
struct CrashProgram {
  static func main() async throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    if let role = arguments.first.flatMap(ClientRole.init(rawValue:)) {
      arguments.removeFirst()
      return try await run(role, values(arguments))
    }
    if arguments == ["--strace"] { exit(await TraceRun.run() ? 0 : 1) }
    let given = values(arguments)
    var options = CrashOptions(seed: number("--seed", in: given) ?? UInt64.random(in: 1...999_999))
    options.rounds = number("--rounds", in: given).map { Int($0) } ?? options.rounds
    options.minutes = number("--minutes", in: given).map { Int($0) }
    exit(await CrashRun.run(options) ? 0 : 1)
  }

  private static func run(_ role: ClientRole, _ given: [String: String]) async throws {
    guard let name = given["--name"], let directory = given["--directory"] else { fail("--name") }
    let loop = try EventLoop.start(name: name)
    try await role.run(name: name, directory: directory, on: loop)
    await loop.shutDown()
  }

  private static func values(_ arguments: [String]) -> [String: String] {
    var values: [String: String] = [:]
    for index in stride(from: 0, to: arguments.count, by: 2) {
      guard arguments[index].hasPrefix("--"), index + 1 < arguments.count else { fail(arguments[index]) }
      values[arguments[index]] = arguments[index + 1]
    }
    return values
  }

  private static func number(_ name: String, in given: [String: String]) -> UInt64? {
    guard let text = given[name] else { return nil }
    guard let value = UInt64(text) else { fail(name) }
    return value
  }

  private static func fail(_ name: String) -> Never {
    print("crash: '\(name)' is no option with a value; there are --rounds, --seed, --minutes; or --strace alone")
    exit(2)
  }
}
