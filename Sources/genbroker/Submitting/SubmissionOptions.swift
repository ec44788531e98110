import BrokerClient
import CommandLine
import Digest
import FileSystem
import Wire

/// What a job is made of, for the commands that make one.
struct SubmissionOptions: ParameterGroup {
  @Option("-k, --kind KIND", "The kind of generator, such as docs.") var kind: String
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
  @Option("--stdin-name NAME", "What plugins call standard input ('-'); 'stdin' when not given.")
  private var givenInputName: String?
  @Argument(
    "FILE",
    """
    The inputs: files, '-' for standard input, directories. A directory stands for the files in it and below it, under \
    their paths in it, but for hidden ones, pipes and the like, and links to directories or out of it.
    """, complete: .files)
  var files: [String]

  /// Uploads the inputs and makes the call that submits the job.
  ///
  /// - parameters:
  ///   - choice: the models that its tasks may ask.
  ///   - remark: takes what the user should know about files that are left out.
  func submission(
    _ broker: BrokerConnection, _ choice: ModelChoice, remark: ([String]) -> Void = { _ in }
  ) async throws -> JobsAPI.Submit {
    var inputs: [JobsAPI.InputRef] = []
    let found = try inputFiles(files, standardInputName: standardInputName)
    remark(found.remarks)
    for input in found.files {
      inputs.append(JobsAPI.InputRef(name: input.name, sha256: try await broker.upload(input).sha256.hex))
    }
    return JobsAPI.Submit(
      kind: kind, inputs: inputs.isEmpty ? nil : inputs, options: try jobOptions(options), project: project,
      title: title, labels: labels.isEmpty ? nil : try labelDictionary(labels), priority: priority,
      maxAttempts: maxAttempts, maxCrashes: maxCrashes, timeoutMs: timeout.map { Int($0.count) },
      models: choice.names, budget: models.limits.budget, reuse: reuse)
  }

  /// What plugins call standard input.
  var standardInputName: String { givenInputName ?? "stdin" }

  /// What the broker is told; nothing when nothing was given.
  private var reuse: JobsAPI.Reuse? { forces ? JobsAPI.Reuse.none : givenReuse?.reuse }

  func validate() throws(UsageError) {
    try models.validate()
    if forces, let givenReuse, givenReuse.reuse != JobsAPI.Reuse.none {
      throw UsageError(
        "--force and --reuse \(givenReuse.reuse.rawValue) say different things", hint: "give one of them")
    }
    if files.isEmpty {
      throw UsageError("nothing to submit", hint: "name a file, a directory, or '-' for standard input")
    }
    if let givenInputName, !files.contains("-") {
      throw UsageError(
        "--stdin-name names standard input, which is not among the inputs",
        hint: "give '-' for it, or leave out --stdin-name \(givenInputName)")
    }
  }
}

extension BrokerConnection {
  fileprivate func upload(_ input: InputFile) async throws -> StoredInput {
    switch input.source {
    case .file(let path): try await upload(file: path)
    case .standardInput: try await upload(try standardInput())
    }
  }
}

/// Everything that comes on standard input.
private func standardInput() throws -> [UInt8] {
  var bytes: [UInt8] = []
  while let more = try readStandardInput(), !more.isEmpty {
    bytes += more
    guard bytes.count <= standardInputBytesMax else {
      throw UserError(
        "standard input has more than \(standardInputBytesMax >> 20) MiB", remedy: "submit it as a file",
        exitCode: .usage)
    }
  }
  return bytes
}

/// It is held in memory as a whole, since its hash must be known before it is sent.
private let standardInputBytesMax = 1 << 30
