import BrokerClient
import CommandLine
import Glibc
import JobModel
import Wire
import WorkerHost

/// `genbroker run`
struct Run: Command {
  static let about = About(
    "run", "Do a whole job here and now: broker, worker, submit, watch and export in one.",
    discussion: """
      Everything is kept in a store of its own in --store. Ctrl-C finishes what is running and stops; the same command \
      continues later, and makes nothing twice. A second Ctrl-C stops at once, which loses no more than what was being \
      made. A job that failed is tried again by the same command. When its budget is used up the job is paused and the \
      command ends with exit code 4; the same command with a larger budget continues.

      The exit code is 0 when the job succeeded and its files are written.
      """,
    examples: [.init("genbroker run --kind docs order.bpmn payment.bpmn -o site", "Document two processes.")])

  @Group var submission: SubmissionOptions
  @Option("-o, --output DIR", "Where the files go.", complete: .directories) var directory: String
  @Option(
    "-w, --workers N", "Plugin processes of each kind that work at a time; one for each processor when not given.",
    in: 1...64)
  var workers: Int?
  @Flag("--delete", "Remove files of earlier runs in DIR that are no files of this job.") var deletes
  @Option("--plugin PATH", "The plugin, when it is not the one of the kind.", complete: .files) var plugin: String?
  @Option("--store DIR", "Where jobs are kept between runs.", complete: .directories) var store = ".genbroker"

  func validate() throws(UsageError) {
    try submission.validate()
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    // Whatever can be wrong with the command line is told before anything is begun.
    let work = try submission.work()
    _ = try ExportDirectory(directory)
    let choice = try submission.job.models.choice(context.environment)
    let plugins = try plugins(of: work.kinds, context)
    let keys = try submission.job.models.configuration.hideKeys(context)
    let interrupts = try await Interrupts.watch(on: context.loop)
    let local = try await LocalBroker.start(in: store, hiding: keys, context)
    do {
      return try await make(work, local, choice, plugins, interrupts, context)
    } catch {
      await local.supervisor.killAll()
      throw error
    }
  }

  private func make(
    _ work: SubmissionOptions.Work, _ local: LocalBroker, _ choice: ModelChoice,
    _ plugins: [(kind: Kind, path: String)],
    _ interrupts: Interrupts, _ context: CommandContext
  ) async throws -> ExitCode {
    let job = try await submitted(work, choice, local.connection, context)
    for plugin in plugins {
      try await local.startWorker(
        kind: plugin.kind, processes: workers ?? processorCount(), plugin: plugin.path,
        models: submission.job.models.configuration)
    }
    let kinds = plugins.map(\.kind)
    let (directory, deletes) = (directory, deletes)
    let export = Task {
      var export = try JobExport(job: job, directory: directory, context: context, announces: false)
      _ = try await export.follow(local.connection, removing: deletes)
      return export
    }
    defer { export.cancel() }
    let watcher = JobWatcher(
      connection: local.connection, context: context, job: job, output: context.output, interrupts: interrupts,
      endsWithoutBudget: true, missingWorkers: .none)
    switch try await firstResult(of: { try await watcher.watch() }, or: { try await local.failure() }) {
    case .ended(let end):
      let export = try await export.value
      await local.stopWorkers(of: kinds)
      await local.stopBroker()
      return finish(end, export, context)
    case .interrupted:
      export.cancel()
      return try await drain(job, local, kinds, interrupts, context)
    case .withoutBudget(let paused):
      export.cancel()
      _ = try await drain(job, local, kinds, interrupts, context)
      throw paused.withoutBudget(remedy: goesOn(after: paused.job))
    }
  }

  /// The budget of a day is none that this command could raise.
  private func goesOn(after paused: JobsAPI.Job) -> String {
    guard let pause = paused.usedUp, pause.dayOf == nil else {
      return "the same command continues once the limit of a day is larger"
    }
    return "the same command with a larger \(pause.unit.budgetOption) continues"
  }

  // MARK: Begin

  /// Where the plugins are that the workers shall run.
  private func plugins(of kinds: [Kind], _ context: CommandContext) throws -> [(kind: Kind, path: String)] {
    if plugin != nil, kinds.count > 1 {
      throw UsageError(
        "--plugin is one plugin, and the job needs \(kinds.map(\.name).joined(separator: ", "))",
        hint: "leave it out; a plugin is found by its name, beside genworker or in PATH")
    }
    do {
      return try kinds.map { (kind: $0, path: try ProgramDirectory().plugin(of: $0.name, given: plugin, context)) }
    } catch let error as PluginNotFound {
      throw UserError(error.problem, remedy: error.remedy, exitCode: .usage)
    }
  }

  /// Submits the job, or finds the one that the same command made before and has it go on.
  private func submitted(
    _ work: SubmissionOptions.Work, _ choice: ModelChoice, _ connection: ConnectionOptions, _ context: CommandContext
  ) async throws -> Int {
    let broker = try await connection.connect(context)
    var call = try await submission.submission(work, broker, choice, remark: { context.warn($0) })
    // It comes behind: with another budget it is the same job. Nothing runs before, there is no worker yet.
    let budget = call.budget
    call.budget = nil
    call.idempotencyKey = contentKey(of: call)
    let answer = try await broker.call(call)
    context.warn(choice.warnings)
    if context.errors.terminal.isTerminal { context.say(choice.words) }
    let limits = submission.job.models.limits
    guard answer.existing else {
      if let budget { _ = try await broker.call(JobsAPI.SetBudget(job: answer.job, budget: budget)) }
      return answer.job
    }
    let job = try await broker.call(JobsAPI.Show(job: answer.job)).job
    if limits.budget != nil, job.state != .succeeded { try await limits.change(job.job, broker) }
    try await goOn(with: job, makingAnew: call.reuse == JobsAPI.Reuse.none, broker, context)
    return job.job
  }

  /// Has the job of an earlier run go on.
  private func goOn(
    with job: JobsAPI.Job, makingAnew: Bool, _ broker: BrokerConnection, _ context: CommandContext
  ) async throws {
    let done = "\(job.counts.short) tasks are done"
    switch job.state {
    case .failed, .cancelled:
      let tasks = try await broker.call(JobsAPI.Retry(job: job.job)).tasks
      context.say("job \(job.job) goes on: \(done), \(Human.count(tasks, "task")) tried again")
    case .paused:
      _ = try await broker.call(JobsAPI.Resume(job: job.job))
      context.say("job \(job.job) goes on: \(done)")
    case .pending, .running: context.say("job \(job.job) goes on: \(done)")
    case .succeeded where makingAnew:
      let tasks = try await broker.call(JobsAPI.Regenerate(job: job.job)).tasks
      context.say("job \(job.job) was done before; \(Human.count(tasks, "task")) made again")
    case .succeeded: context.say("job \(job.job) was done before")
    }
  }

  private func processorCount() -> Int {
    min(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), 64)
  }

  // MARK: End

  private func finish(_ end: JobOutcome, _ export: JobExport, _ context: CommandContext) -> ExitCode {
    context.output.print([end.job.endLine] + end.remarkLines + [export.summary] + end.overrunLines)
    export.warn()
    if end.job.state != .succeeded {
      context.say("the same command tries what failed again")
    }
    if let index = export.exporter.indexPage { context.output.print(StyledText(index)) }
    return end.job.exitCode
  }

  /// Finishes what runs, writes what is there, and stops; a second signal stops at once.
  private func drain(
    _ job: Int, _ local: LocalBroker, _ kinds: [Kind], _ interrupts: Interrupts, _ context: CommandContext
  ) async throws -> ExitCode {
    context.say("stopping when the running tasks have ended; Ctrl-C again stops at once")
    try await firstResult(
      of: { await local.stopWorkers(of: kinds) },
      or: {
        for await _ in interrupts.signals() {
          await local.supervisor.killAll()
          throw UserError(
            "stopped at once", remedy: "what was committed is kept; the same command continues", exitCode: .failed)
        }
        throw CancellationError()
      })
    let broker = try await local.connection.connect(context)
    var export = try JobExport(job: job, directory: directory, context: context, announces: false)
    try await export.exportAll(broker)
    let stopped = try await broker.call(JobsAPI.Show(job: job)).job
    await broker.close()
    await local.stopBroker()
    export.warn()
    context.output.print(export.summary)
    context.say("stopped: \(stopped.counts.short) tasks are done; the same command continues")
    return stopped.state == .succeeded ? .done : .failed
  }
}
