import CommandLine
import FileSystem
import Wire

/// The hook that the command line describes.
struct HookOptions: ParameterGroup {
  @Option(
    "--on END", "Call it for jobs that end so: succeeded, failed, cancelled, or ended for any; failed when not given.")
  var ends: [HookEnd]
  @Option("-k, --kind KIND", "Only for jobs of this kind.") var kinds: [String]
  @Option("-l, --label KEY=VALUE", "Only for jobs with this label.") var labels: [KeyValue]
  @Option("-p, --project NAME", "Only for jobs of this project.") var projects: [String]
  @Option("--post URL", "Tell this address by an HTTP POST.") private var url: String?
  @Option("--header HEADER", "'Name: value', sent with --post.") private var headers: [String]
  @Option("--body @FILE", "The body to post: JSON with placeholders, as in {job.id} and {job.title}.", complete: .files)
  private var body: String?
  @Option("--command COMMAND", "Run this program; quotes keep words together, nothing else is done as by a shell.")
  private var command: String?
  @Option("--shell COMMAND", "Have this run by /bin/sh.") private var shell: String?
  @Option("--timeout TIME", "One call takes no longer.", in: HookOptions.times)
  private var timeout = Milliseconds(Hook.timeoutDefaultMs)
  @Option("--attempts N", "Give a call up after so many.", in: HookOptions.attempts)
  private var attempts = HookPatience().attemptsMax
  @Option("--give-up-after TIME", "Give a call up after so long.", in: HookOptions.times)
  private var patience = Milliseconds(HookPatience().totalMs)
  @Argument("PROGRAM", "Behind '--': a program with its arguments, instead of --command.") private var words: [String]

  /// Of one call, and of all its attempts.
  static let times = Milliseconds(100)...Milliseconds(86_400_000)
  static let attempts = 1...100

  /// Whether anything of a hook was given.
  var isGiven: Bool {
    !(ends.isEmpty && kinds.isEmpty && labels.isEmpty && projects.isEmpty && headers.isEmpty && words.isEmpty)
      || [url, body, command, shell].contains { $0 != nil }
  }

  func validate() throws(UsageError) {
    let actions = [url != nil, command != nil, shell != nil, !words.isEmpty].count { $0 }
    guard actions == 1 else {
      throw UsageError(
        actions == 0 ? "the hook does nothing" : "the hook does more than one thing",
        hint: "give one of --post, --command, --shell and '-- PROGRAM …', or hooks in a file with --config")
    }
    if url == nil, body != nil || !headers.isEmpty {
      throw UsageError(
        "--header and --body are for --post", hint: "leave them out: a program reads JSON from its input")
    }
  }

  /// The hook, looked at to its last placeholder.
  ///
  /// - throws: `UsageError` and `UserError` for what cannot be.
  func hook(_ name: String, _ environment: [String: String]) throws -> Hook {
    var filter = HookFilter(ends)
    filter.kinds = Set(kinds)
    filter.labels = try labelDictionary(labels)
    filter.projects = Set(projects)
    let action = try action()
    return Hook(
      name: name, filter: filter, action: try action.action(environment),
      patience: HookPatience(attemptsMax: attempts, totalMs: patience.count), timeoutMs: action.timeoutMs,
      origin: .commandLine(action))
  }

  private func action() throws -> HookAction {
    var action = HookAction(timeoutMs: timeout.count, directory: try FileTree.currentDirectory())
    (action.url, action.headers) = (url, headers)
    (action.command, action.shell, action.words) = (command, shell, words)
    if let body {
      guard body.hasPrefix("@"), body.count > 1 else {
        throw UsageError("'\(body)' is no file", hint: "write --body @FILE")
      }
      action.body = String(body.dropFirst())
    }
    return action
  }
}
