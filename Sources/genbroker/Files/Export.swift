import BrokerClient
import CommandLine
import Wire

/// `genbroker export`
struct Export: Command {
  static let about = About(
    "export", "Write the files of a job into a directory.",
    discussion: """
      Every file is written whole or not at all. An export that was interrupted goes on when it is started again; files \
      that are there already are not written again.

      A file that was edited since it was exported is never overwritten: the new one is written beside it, as \
      NAME.new.EXT, and the export says so. The hashes of what was exported are in DIR/.genbroker-export.json.

      Files that an earlier export has written and that are no files of this job stay, and the export says so; with \
      '--delete' it removes them when the job has succeeded. What it did not write, or was edited, is never removed.

      \(sharedProject)
      """,
    examples: [
      .init("genbroker export 17 -o site", "The files of a job that succeeded."),
      .init("genbroker export @last -o site --follow", "Each file as soon as it is committed, until the job ends."),
    ])

  @Option("-o, --output DIR", "Where to; made if it is not there.", complete: .directories) var directory: String
  @Flag("-f, --follow", "Write files as they are committed, until the job has ended.") var follow
  @Flag("--partial", "Write what is there, also of a job that failed or has not ended.") var partial
  @Flag("--own", "Only files that this job has committed, as it has committed them.") var own
  @Flag("--delete", "Remove files of earlier exports that are no files of the job.") var deletes
  @Argument("JOB", "Its number, or @last.") var job: JobReference
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let job = try await broker.call(JobsAPI.Show(job: job.number)).job
    if !follow, let refusal = exportRefusal(of: job, partial: partial) { throw refusal }
    var export = try JobExport(job: job.job, own: own, directory: directory, context: context, announces: follow)
    guard follow else {
      try await export.exportAll(broker)
      try await export.tidy(job, removing: deletes, broker)
      export.warn()
      context.output.print(export.summary)
      return .done
    }
    await broker.close()
    let ended = try await export.follow(connection, removing: deletes)
    export.warn()
    context.output.print([export.summary, ended.endLine])
    return ended.exitCode
  }
}

/// Why a job cannot be exported as it is.
func exportRefusal(of job: JobsAPI.Job, partial: Bool) -> UserError? {
  guard !partial, job.state != .succeeded else { return nil }
  guard job.state.isFinal else {
    return UserError(
      "job \(job.job) is \(job.state.rawValue) and not finished",
      remedy: "'--follow' writes files until it ends, '--partial' writes what is there now", exitCode: .failed)
  }
  let missing = job.counts.total - job.counts.succeeded
  return UserError(
    "job \(job.job) is \(job.state.rawValue), \(missing) of \(job.counts.total) tasks \(missing == 1 ? "is" : "are") missing",
    remedy: "'--partial' writes what is there, 'genbroker retry \(job.job)' tries the rest again", exitCode: .failed)
}

extension JobExport {
  /// Writes what is there and what is committed until the job has ended, across restarts of the broker; then tidies up.
  ///
  /// - returns: the job as it ended.
  mutating func follow(_ connection: ConnectionOptions, removing: Bool) async throws -> JobsAPI.Job {
    let job = exporter.job
    var broker = try await connection.connect(context)
    let cursor = try await broker.currentCursor(of: job)
    try await exportAll(broker)
    var feed = WatchFeed(
      connection: connection, context: context, watch: JobsAPI.Watch(job: job, since: cursor, untilEnd: true))
    try await feed.follow { item in
      switch item {
      case .away: if announces { context.say(brokerIsAway) }
      case .back: broker = try await connection.connect(context)
      case .reply(let reply): try await export(committedBy: reply.events, broker)
      }
    }
    broker = try await connection.connect(context)
    let ended = try await broker.call(JobsAPI.Show(job: job)).job
    try await tidy(ended, removing: removing, broker)
    await broker.close()
    return ended
  }
}
