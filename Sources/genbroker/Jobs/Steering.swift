import BrokerClient
import CommandLine
import Wire

/// What the commands take that change the state of one job.
struct SteeringOptions: ParameterGroup {
  @Argument("JOB", "Its number, or @last.") var job: JobReference
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  /// Changes the job and says what it is now.
  ///
  /// - parameter change: makes the call, and says what there is to say beside the state.
  func apply(
    _ context: CommandContext, _ change: (BrokerConnection, Int) async throws -> (job: JobsAPI.Job, remark: String)
  ) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let (job, remark) = try await change(broker, try await broker.number(of: job))
    if output.json {
      context.output.print(json: job)
    } else {
      context.output.print(
        StyledText("job \(job.job) is ") + StyledText(job.state.rawValue, job.state.paint) + StyledText(remark))
    }
    return .done
  }
}

/// `genbroker cancel`
struct Cancel: Command {
  static let about = About(
    "cancel", "End a job: what runs is stopped, what is not finished is cancelled.",
    discussion: "Files that were committed stay. 'genbroker retry' takes the job up again.")

  @Option("--reason TEXT", "Why; shown with the job.") var reason: String?
  @Group var steering: SteeringOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    try await steering.apply(context) { broker, job in
      let job = try await broker.call(JobsAPI.Cancel(job: job, reason: reason)).job
      return (job, job.files > 0 ? "; its \(Human.count(job.files, "file stays", "files stay"))" : "")
    }
  }
}

/// `genbroker pause`
struct Pause: Command {
  static let about = About("pause", "Start nothing more of a job; what runs goes on and commits.")

  @Option("--reason TEXT", "Why; shown with the job.") var reason: String?
  @Group var steering: SteeringOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    try await steering.apply(context) { broker, job in
      let job = try await broker.call(JobsAPI.Pause(job: job, reason: reason)).job
      let running = job.counts.leased
      return (job, running > 0 ? "; \(Human.count(running, "running task")) will still end" : "")
    }
  }
}

/// `genbroker resume`
struct Resume: Command {
  static let about = About(
    "resume", "Continue a paused job, with another budget if one is given.",
    discussion:
      "A job whose budget is used up is paused. A budget that is given here replaces that of the job, counted from its "
      + "beginning, not from now; what is not given stays.",
    examples: [.init("genbroker resume 17 --budget-usd 5", "Let all of job 17 cost five dollars, not one cent more.")])

  @Group var budget: BudgetOptions
  @Group var steering: SteeringOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    try await steering.apply(context) { broker, job in
      if budget.budget != nil { try await budget.change(job, broker) }
      _ = try await broker.call(JobsAPI.Resume(job: job))
      // A call that has waited may have paused it again already.
      let shown = try await broker.call(JobsAPI.Show(job: job))
      context.warn(resumeNotes(shown))
      return (shown.job, resumeRemark(shown.job, budget.budget))
    }
  }
}

/// What there is to say behind the state of a job that was resumed: the budget that was given, or why it is paused all the same.
func resumeRemark(_ job: JobsAPI.Job, _ budget: JobsAPI.Budget?) -> String {
  job.state == .paused ? job.pauseWords : budget.map { "; \(budgetWords($0))" } ?? ""
}

/// What the user should know of a job that was resumed and will be paused again.
func resumeNotes(_ shown: JobsAPI.Show.Reply) -> [String] {
  shown.job.state == .running || shown.job.state == .pending ? [shown.spending?.noRoom].compactMap { $0 } : []
}

/// `genbroker regenerate`
struct Regenerate: Command {
  static let about = About(
    "regenerate", "Make finished tasks of a job again, with other answers of the models.",
    discussion: """
      Without --phase and --task that is all of them. What rests on their results is made again, too, unless --only is \
      given. The files that are there stay until they are replaced.
      """,
    examples: [
      .init("genbroker regenerate 17 --task 'node/order/*'", "The pages of order.bpmn, and those above them."),
      .init("genbroker regenerate 17 --phase Index --only", "Only the tasks of one phase."),
    ])

  @Group var tasks: TaskOptions
  @Flag("--outdated", "Only tasks that rest on files which have changed since; 'genbroker outdated' lists them.")
  var outdated
  @Flag("--only", "Not what rests on their results.") var only
  @Group var steering: SteeringOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    try await steering.apply(context) { broker, job in
      let call = JobsAPI.Regenerate(
        job: job, match: tasks.task, phase: tasks.phase, outdated: outdated ? true : nil, only: only ? true : nil)
      let answer = try await broker.call(call)
      let count = answer.tasks == 0 ? "nothing is out of date" : "\(Human.count(answer.tasks, "task")) to be made again"
      return (answer.job, "; \(count)")
    }
  }
}

/// `genbroker retry`
struct Retry: Command {
  static let about = About(
    "retry", "Put failed, skipped and cancelled tasks of a job back, with fresh attempts.",
    discussion:
      "With --task, the tasks that fit come back, with them what they need and what was skipped because of them.",
    examples: [.init("genbroker retry 17 --task 'node/order/*'", "Only the steps of order.bpmn.")])

  @Option("--task GLOB", "Only tasks whose key fits; '*' stands for anything but '/', '**' for anything.")
  var task: String?
  @Group var steering: SteeringOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    try await steering.apply(context) { broker, job in
      let answer = try await broker.call(JobsAPI.Retry(job: job, match: task))
      return (answer.job, "; \(Human.count(answer.tasks, "task")) put back")
    }
  }
}
