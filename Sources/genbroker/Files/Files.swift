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
    "files", "List the files of a job, or find files by what they are marked with.",
    discussion: """
      \(sharedProject)

      With --type, --view, --product and the like, or --since, files are found that are marked so: of the job, or without JOB \
      of all your jobs, newest first. What marks a file is said in its metadata, by its task ('columns' of a recipe), or by a label \
      of its job with such a name. Files that nothing is said of are not found.
      """,
    examples: [
      .init("genbroker files 17", "Those of a job, by path."),
      .init("genbroker files --product Parka --revision 2 --type close-up", "Those of a product, newest first."),
    ])

  @Option("--prefix TEXT", "Only paths that begin so.") var prefix: String?
  @Flag("--own", "Only files that this job has committed, as it has committed them.") var own
  @Flag("--all-versions", "Older versions and late results, too.") var allVersions
  @Flag("--archived", "Archived files, too.") var archived
  @Group("Marks") var marks: ColumnOptions
  @Option("--since TIME", "Only versions since then: 24h, 7d, or a day such as 2026-11-30.") var since: PointInTime?
  @Option("-n, --limit N", "How many marked files at most.", in: 1...100_000) var limit = 200
  @Argument("JOB", "Its number, or @last.") var job: JobReference?
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    if marks.columns != nil || since != nil { return try await find(broker, context) }
    let number = try await broker.number(of: job ?? .last)
    let files = try await broker.files(
      of: number, prefix: prefix, own: own, allVersions: allVersions, archived: archived)
    if output.json {
      context.output.print(json: files)
    } else if files.isEmpty {
      context.say("no files")
    } else {
      context.output.print(fileTable(files, versions: allVersions || own, time: TimeText(now: WallClock.nowMs())))
    }
    return .done
  }

  private func find(_ broker: BrokerConnection, _ context: CommandContext) async throws -> ExitCode {
    guard prefix == nil, !own, !allVersions else {
      throw UsageError(
        "--prefix, --own and --all-versions list the files of a job by path",
        hint: "leave them out, or leave the marks out")
    }
    let now = WallClock.nowMs()
    var call = FilesAPI.Find(columns: marks.columns, archived: archived ? true : nil)
    if let job { call.job = try await broker.number(of: job) }
    call.sinceMs = since.map { Int($0.milliseconds(now: now)) }
    let (files, hasMore) = try await broker.found(call, limit: limit)
    if output.json {
      context.output.print(json: files)
    } else if files.isEmpty {
      context.say("no files are marked so")
    } else {
      context.output.print(foundTable(files, time: TimeText(now: now)))
      if hasMore { context.say("there are more; '--limit N' shows them") }
    }
    return .done
  }
}
