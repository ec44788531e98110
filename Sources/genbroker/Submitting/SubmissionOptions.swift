import BrokerClient
import CommandLine
import Digest
import FileSystem
import JobModel
import Wire

/// What a job is made of, for the commands that make one: files and the kinds of generators that work on them, or a recipe.
struct SubmissionOptions: ParameterGroup {
  @Option(
    "-k, --kind KIND[,KIND…]",
    "The kind of generator, such as docs; several make one job. Without it, FILE is a recipe.") var kinds: String?
  @Group var recipeInputs: RecipeInputOptions
  @Group var job: JobOptions
  @Option("--stdin-name NAME", "What plugins call standard input ('-'); 'stdin' when not given.")
  private var givenInputName: String?
  @Argument(
    "FILE",
    """
    The inputs: files, '-' for standard input, directories. A directory stands for the files in it and below it, under \
    their paths in it, but for hidden ones, pipes and the like, and links to directories or out of it. Or one recipe.
    """, complete: .files)
  var files: [String]

  /// What is to be done.
  enum Work {
    case files(kinds: [Kind])
    case recipe(RecipeSubmission)

    /// The kinds of the plugins that it needs.
    var kinds: [Kind] {
      switch self {
      case .files(let kinds): kinds
      case .recipe(let recipe): recipe.kinds
      }
    }
  }

  /// Reads and checks what the user has given, without a broker.
  ///
  /// - throws: `UsageError`, `UserError`.
  func work() throws -> Work {
    guard let kinds else { return .recipe(try RecipeSubmission(files[0], recipeInputs.values)) }
    _ = try inputFiles(files, standardInputName: standardInputName)
    return .files(kinds: try Self.kinds(kinds))
  }

  /// Uploads the inputs and makes the call that submits the job.
  ///
  /// - parameters:
  ///   - choice: the models that its tasks may ask.
  ///   - remark: takes what the user should know about files that are left out.
  func submission(
    _ work: Work, _ broker: BrokerConnection, _ choice: ModelChoice, remark: ([String]) -> Void = { _ in }
  ) async throws -> JobsAPI.Submit {
    switch work {
    case .recipe(let recipe): return try await recipe.submission(broker, job, choice)
    case .files(let kinds):
      let found = try inputFiles(files, standardInputName: standardInputName)
      remark(found.remarks)
      let inputs = try await broker.upload(found.files)
      return try job.submission(kind: kinds[0], tasks: Self.plans(of: kinds), inputs: inputs, choice)
    }
  }

  /// Each kind plans for itself.
  private static func plans(of kinds: [Kind]) -> [JobsAPI.TaskSpec]? {
    guard kinds.count > 1 else { return nil }
    return kinds.map { kind in
      var task = JobsAPI.TaskSpec(key: TaskKey.plan(of: kind).text)
      (task.kind, task.op, task.title, task.phase) = (kind.name, "plan", "Plan \(kind)", "Plan")
      return task
    }
  }

  private static func kinds(_ list: String) throws(UsageError) -> [Kind] {
    var kinds: [Kind] = []
    for name in list.split(separator: ",", omittingEmptySubsequences: false) {
      do throws(NameError) {
        let kind = try Kind(String(name))
        guard !kinds.contains(kind) else { throw NameError("'\(kind)' is named twice", remedy: "name each kind once") }
        kinds.append(kind)
      } catch {
        throw UsageError("--kind: \(error.message)", hint: error.remedy)
      }
    }
    return kinds
  }

  /// What plugins call standard input.
  var standardInputName: String { givenInputName ?? "stdin" }

  func validate() throws(UsageError) {
    try job.validate()
    if let kinds { _ = try Self.kinds(kinds) }
    if files.isEmpty {
      throw UsageError("nothing to submit", hint: "name a file, a directory, or '-' for standard input")
    }
    if kinds == nil, files.count > 1 || !files[0].hasSuffix(".yaml") && !files[0].hasSuffix(".yml") {
      throw UsageError(
        "--kind is missing", hint: "say what shall be made, as in --kind docs; without it, name one recipe (.yaml)")
    }
    if kinds != nil, let input = recipeInputs.values.first {
      throw UsageError(
        "--input \(input.key) is for recipes, and --kind says that there is none", hint: "leave out one of them")
    }
    if let givenInputName, !files.contains("-") {
      throw UsageError(
        "--stdin-name names standard input, which is not among the inputs",
        hint: "give '-' for it, or leave out --stdin-name \(givenInputName)")
    }
  }
}

extension BrokerConnection {
  /// Stores files that a job reads.
  func upload(_ files: [InputFile]) async throws -> [JobsAPI.InputRef] {
    var inputs: [JobsAPI.InputRef] = []
    for file in files { inputs.append(JobsAPI.InputRef(name: file.name, sha256: try await upload(file).sha256.hex)) }
    return inputs
  }

  private func upload(_ input: InputFile) async throws -> StoredInput {
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
