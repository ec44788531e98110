import BrokerClient
import CommandLine
import EventLoop
import Wire

/// Whose files a job shows.
let sharedProject =
  "The files of a job are the current files of its project. Jobs that were submitted with the same '--project' share "
  + "them: what a later job has made again is shown in its last version. '--own' keeps to what the job has made itself."

/// `genbroker files`
struct Files: Command {
  static let about = About(
    "files", "List the files of a job.",
    discussion: sharedProject)

  @Option("--prefix TEXT", "Only paths that begin so.") var prefix: String?
  @Flag("--own", "Only files that this job has committed, as it has committed them.") var own
  @Flag("--all-versions", "Older versions and late results, too.") var allVersions
  @Argument("JOB", "Its number, or @last.") var job = JobReference.last
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let number = try await broker.number(of: job)
    let files = try await broker.files(of: number, prefix: prefix, own: own, allVersions: allVersions)
    if output.json {
      context.output.print(json: files)
    } else if files.isEmpty {
      context.say("no files")
    } else {
      context.output.print(fileTable(files, versions: allVersions || own, time: TimeText(now: WallClock.nowMs())))
    }
    return .done
  }
}
