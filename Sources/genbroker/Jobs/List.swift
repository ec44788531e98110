import BrokerClient
import CommandLine
import EventLoop
import Wire

/// `genbroker list`
struct List: Command {
  static let about = About(
    "list", "List jobs, newest first.",
    examples: [.init("genbroker list --state failed", "Jobs that need a look.")])

  @Option("-s, --state STATE", "Only jobs in this state.") var state: JobStateChoice?
  @Option("-k, --kind KIND", "Only jobs of this kind.") var kind: String?
  @Option("-l, --label KEY=VALUE", "Only jobs with this label.") var labels: [KeyValue]
  @Option("-n, --limit N", "How many at most.", in: 1...100_000) var limit = 50
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let (jobs, hasMore) = try await jobs(broker)
    if output.json {
      context.output.write(listedJobsJSON(try await broker.listed(jobs)))
    } else if jobs.isEmpty {
      context.say("no jobs" + (isFiltered ? " fit" : " yet; 'genbroker submit --kind KIND FILE…' makes one"))
    } else {
      context.output.print(jobTable(jobs, time: TimeText(now: WallClock.nowMs())))
      if hasMore { context.say("there are more; '--limit N' shows them") }
    }
    return .done
  }

  private var isFiltered: Bool { state != nil || kind != nil || !labels.isEmpty }

  /// Up to the limit, page by page.
  private func jobs(_ broker: BrokerConnection) async throws -> (jobs: [JobsAPI.Job], hasMore: Bool) {
    var jobs: [JobsAPI.Job] = []
    while true {
      let page = try await broker.call(
        JobsAPI.List(
          state: state?.state, kind: kind, labels: labels.isEmpty ? nil : try labelDictionary(labels),
          before: jobs.last?.job, limit: min(WireLimits.pageItemsMax, limit - jobs.count)))
      jobs += page.jobs
      guard page.more, jobs.count < limit, !page.jobs.isEmpty else { return (jobs, page.more) }
    }
  }
}

/// The states of a job, for the command line.
enum JobStateChoice: String, Choice {
  case pending, running, paused, succeeded, failed, cancelled

  var state: JobsAPI.JobState? { JobsAPI.JobState(rawValue: rawValue) }
}

/// Labels as the protocol takes them.
///
/// - throws: `UsageError` when a key is given twice.
func labelDictionary(_ labels: [KeyValue]) throws(UsageError) -> [String: String] {
  var found: [String: String] = [:]
  for label in labels {
    guard found.updateValue(label.value, forKey: label.key) == nil else {
      throw UsageError("the label '\(label.key)' is given twice", hint: "give each label once")
    }
  }
  return found
}
