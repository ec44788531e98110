import CommandLine
import JobModel
import Wire

/// What a job is called, what its tasks may take, and what they are given: the same for files and for recipes.
struct JobOptions: ParameterGroup {
  @Option("-p, --project NAME", "Where the files live; without it the job gets a project of its own.")
  var project: String?
  @Option("--title TEXT", "What people see.") var title: String?
  @Option("-l, --label KEY=VALUE", "A label of the job.") var labels: [KeyValue]
  @Option("--priority N", "Higher goes first.", in: -100...100) var priority: Int?
  @Option("--option KEY=VALUE", "Handed to the plugin; numbers, true, false and \"quoted\" text keep their type.")
  var options: [KeyValue]
  @Option("--max-attempts N", "Failures after which a task is failed for good.", in: 1...1000) var maxAttempts: Int?
  @Option("--max-crashes N", "Deaths of worker or plugin after which a task is failed for good.", in: 1...1000)
  var maxCrashes: Int?
  @Option("--timeout TIME", "End an attempt that takes longer.", in: Milliseconds(1)...) var timeout: Milliseconds?
  @Group("Models") var models: ModelOptions
  @Option(
    "--reuse WHAT",
    """
    What is taken from earlier jobs of yours instead of being made again: 'unchanged', what depends on nothing new; 'exists', \
    also what the project has at the declared paths; 'none'. 'unchanged' when not given.
    """) private var givenReuse: ReuseChoice?
  @Flag("-f, --force", "Make everything anew: the same as --reuse none.") private var forces

  /// What the broker is told; nothing when nothing was given.
  private var reuse: JobsAPI.Reuse? { forces ? JobsAPI.Reuse.none : givenReuse?.reuse }

  /// A call that submits a job.
  ///
  /// - parameters:
  ///   - tasks: those that it begins with; nil for one that plans.
  ///   - choice: the models that its tasks may ask.
  func submission(
    kind: Kind, tasks: [JobsAPI.TaskSpec]? = nil, inputs: [JobsAPI.InputRef], _ choice: ModelChoice
  ) throws -> JobsAPI.Submit {
    JobsAPI.Submit(
      kind: kind.name, inputs: inputs.isEmpty ? nil : inputs, options: try jobOptions(options), tasks: tasks,
      project: project, title: title, labels: labels.isEmpty ? nil : try labelDictionary(labels), priority: priority,
      maxAttempts: maxAttempts, maxCrashes: maxCrashes, timeoutMs: timeout.map { Int($0.count) },
      models: choice.names, budget: models.limits.budget, reuse: reuse)
  }

  func validate() throws(UsageError) {
    try models.validate()
    if forces, let givenReuse, givenReuse.reuse != JobsAPI.Reuse.none {
      throw UsageError(
        "--force and --reuse \(givenReuse.reuse.rawValue) say different things", hint: "give one of them")
    }
  }
}
