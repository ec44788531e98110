import BrokerClient
import CommandLine
import EventLoop
import Wire

/// `genbroker history`
struct History: Command {
  static let about = About(
    "history", "Show all versions of a file, newest first.",
    discussion: """
      A file has one history in its project, across jobs. Each version says which task of which job has made it, by which \
      worker and attempt, and what the model calls of that attempt have cost; these are told for all files of the attempt \
      together. '--json' has each call with the hash of its request.

      'genbroker cat --file-version N' writes one of them, 'genbroker diff' compares two.
      """)

  @Group var file: FileArguments
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let versions = try await broker.history(of: file.path, job: try await broker.number(of: file.job))
    if output.json {
      context.output.print(json: versions)
    } else {
      context.output.print(historyTable(versions, time: TimeText(now: WallClock.nowMs())))
    }
    return .done
  }
}

extension BrokerConnection {
  /// All versions of a file, newest first, page by page.
  func history(of path: String, job: Int) async throws -> [FilesAPI.Version] {
    var versions: [FilesAPI.Version] = []
    while true {
      let page = try await call(
        FilesAPI.History(
          job: job, path: path, before: versions.last?.file.version, limit: WireLimits.versionsPerPageMax))
      versions += page.versions
      guard page.more, !page.versions.isEmpty else { return versions }
    }
  }
}
