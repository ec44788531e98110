import BrokerClient
import CommandLine
import EventLoop
import Wire

/// `genbroker prune`
struct Prune: Command {
  static let about = About(
    "prune", "Remove finished jobs with everything that belongs to them.",
    discussion: """
      A job goes as a whole: its tasks, files, results that came late, leases, events and logs. It goes when it is named or \
      when any of the options says so. Jobs that have not ended stay, and so does one on whose files another job of its \
      project rests. Your own jobs; as the user who runs the broker, or root, those of all.

      With --archived-older-than, files that were archived go, too, each with all its versions; of a job that stays \
      the rest stays. They have to wait while a job of their project has not ended.

      The database does not become smaller; what was freed is used for what comes. Large files are removed from the disk. \
      'genbroker backup' makes a copy without free space.
      """,
    examples: [
      .init("genbroker prune --older-than 30d --dry-run", "What would go."),
      .init("genbroker prune --archived-older-than 30d", "Files that nobody has brought back for 30 days."),
      .init("genbroker prune --keep 100 --max-size 20GiB", "No more than 100 jobs, no more than 20 GiB of files."),
    ])

  @Option("--older-than AGE", "Those that ended longer ago, as in 12h or 30d.", in: Milliseconds(0)...)
  var olderThan: Milliseconds?
  @Option("--keep N", "All but the N that ended last.", in: 0...Int.max) var keep: Int?
  @Option("--max-size SIZE", "Those that ended first, until the files of the others take no more than SIZE.")
  var maxSize: ByteSize?
  @Option("--archived-older-than AGE", "Files that were archived longer ago, as in 30d.", in: Milliseconds(0)...)
  var archivedOlderThan: Milliseconds?
  @Flag("--dry-run", "Only say what would go.") var dryRun
  @Argument("JOB", "These: their numbers, or @last.") var jobs: [JobReference]
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    guard !jobs.isEmpty || olderThan != nil || keep != nil || maxSize != nil || archivedOlderThan != nil else {
      throw UserError(
        "nothing says which jobs or files shall go",
        remedy: "name jobs, or give --older-than, --keep, --max-size or --archived-older-than", exitCode: .usage)
    }
    let broker = try await connection.connect(context)
    var numbers: [Int] = []
    for job in jobs { numbers.append(try await broker.number(of: job)) }
    let call = AdminAPI.Prune(
      jobs: numbers.isEmpty ? nil : numbers, olderThanMs: olderThan.map { Int($0.count) }, keep: keep,
      maxBytes: maxSize.map { Int($0.bytes) }, archivedOlderThanMs: archivedOlderThan.map { Int($0.count) },
      dryRun: dryRun)
    var report = PruneReport(isDryRun: dryRun, time: TimeText(now: WallClock.nowMs()))
    for try await reply in await broker.stream(call) {
      if output.json {
        context.output.print(jsonLines: [reply])
      } else if let job = reply.job {
        context.output.print(report.line(job))
      } else if let file = reply.file {
        context.output.print(report.line(file))
      } else {
        context.output.print(report.end(freedBytes: reply.freedBytes))
      }
    }
    return .done
  }
}

/// What `genbroker prune` prints, line by line.
struct PruneReport {
  let isDryRun: Bool
  let time: TimeText
  private var gone = 0
  private var kept = 0
  private var files = 0
  private var filesKept = 0
  private var bytes: Int64 = 0

  init(isDryRun: Bool, time: TimeText) {
    (self.isDryRun, self.time) = (isDryRun, time)
  }

  /// A job that is gone, would be, or stays.
  mutating func line(_ job: AdminAPI.PrunedJob) -> StyledText {
    let what =
      "job \(job.job)  \(visible(job.title)): \(job.state) \(time.short(Int64(job.endedMs))), "
      + "\(Human.count(job.files, "file")), \(Human.bytes(Int64(job.bytes)))"
    if job.kept == nil { gone += 1 } else { kept += 1 }
    return line(what, kept: job.kept, bytes: job.bytes)
  }

  /// An archived file that is gone, would be, or stays.
  mutating func line(_ file: AdminAPI.PrunedFile) -> StyledText {
    let what =
      "\(visible(file.path)) of job \(file.job): archived \(time.short(Int64(file.archivedMs))), "
      + "\(Human.count(file.versions, "version")), \(Human.bytes(Int64(file.bytes)))"
    if file.kept == nil { files += 1 } else { filesKept += 1 }
    return line(what, kept: file.kept, bytes: file.bytes)
  }

  private mutating func line(_ what: String, kept reason: String?, bytes count: Int) -> StyledText {
    if let reason { return StyledText("stays   ", .yellow) + StyledText(" \(what); \(reason)") }
    bytes += Int64(count)
    return StyledText(isDryRun ? "would go" : "removed ") + StyledText(" \(what)")
  }

  /// The sum.
  func end(freedBytes: Int) -> StyledText {
    let archived = files == 0 ? nil : Human.count(files, "archived file")
    let some = [gone == 0 ? nil : Human.count(gone, "job"), archived].compactMap { $0 }
    let jobs = some.isEmpty ? "no job" : some.joined(separator: " and ")
    let staying = [(kept, "job"), (filesKept, "archived file")].filter { $0.0 > 0 }.map { Human.count($0.0, $0.1) }
    let stays =
      staying.isEmpty
      ? "" : "; \(staying.joined(separator: " and ")) chosen \(kept + filesKept == 1 ? "stays" : "stay")"
    if isDryRun { return StyledText("\(jobs) with \(Human.bytes(bytes)) of files would go\(stays)") }
    return StyledText("\(jobs) removed, \(Human.bytes(Int64(freedBytes))) of files freed\(stays)")
  }
}
