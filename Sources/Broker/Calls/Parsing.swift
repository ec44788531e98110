import Digest
import JobModel
import JobStore
import JSON
import Wire

/// Turns what came over the wire into the store's words; everything that is wrong with it is found here.
enum Parsing {
  /// Runs `body`, with the errors of names turned into refusals.
  static func refusing<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
    do {
      return try body()
    } catch let error as NameError {
      throw .refused(Refusal(.invalid, error.message, remedy: error.remedy))
    } catch {
      throw StoreError(error)
    }
  }

  static func invalid(_ message: String, remedy: String) -> Refusal { Refusal(.invalid, message, remedy: remedy) }

  static func sha256(_ text: String) throws(Refusal) -> SHA256Digest {
    guard let digest = SHA256Digest(hex: text) else {
      throw invalid("'\(visible(text))' is no SHA-256", remedy: "send 64 hexadecimal digits in lower case")
    }
    return digest
  }

  /// The bytes of a `data` parameter.
  static func data(_ text: String) throws(Refusal) -> [UInt8] {
    func tooMany() -> Refusal {
      invalid("data holds more than \(WireLimits.inlineDataBytesMax) bytes", remedy: "send it in chunks")
    }
    guard text.utf8.count <= Base64.encodedCount(WireLimits.inlineDataBytesMax) else { throw tooMany() }
    guard let bytes = Base64.decode(text) else {
      throw invalid("data is not base64", remedy: "encode it by RFC 4648 section 4, with padding")
    }
    // The last characters may stand for bytes or for padding.
    guard bytes.count <= WireLimits.inlineDataBytesMax else { throw tooMany() }
    return bytes
  }

  /// The bytes of a record.
  static func recordValue(_ bytes: [UInt8], mediaType: String) throws {
    guard mediaType == "application/json" else {
      throw invalid(
        "'\(visible(mediaType))' is not the media type of a record", remedy: "records are application/json")
    }
    guard bytes.count <= ModelLimits.recordBytesMax else {
      throw invalid(
        "a record holds \(bytes.count) bytes; \(ModelLimits.recordBytesMax) are allowed",
        remedy: "put large data into a file, and only its path into the record")
    }
    // Why it is none makes no difference to what is to be done.
    guard (try? JSONDocument(bytes))?.root.members != nil else {
      throw invalid("a record is no object of JSON", remedy: "send {…}")
    }
  }

  static func mediaType(_ text: String) throws(Refusal) -> String {
    guard MediaType.isValid(text) else {
      throw invalid("'\(visible(text))' is not a media type", remedy: "write one such as text/html")
    }
    return text
  }

  static func text(_ text: String, _ name: String, bytesMax: Int) throws(Refusal) -> String {
    guard text.utf8.count <= bytesMax else {
      throw invalid("\(name) holds more than \(bytesMax) bytes", remedy: "make it shorter")
    }
    return text
  }

  /// A text that says something.
  static func name(_ text: String, _ name: String, bytesMax: Int) throws(Refusal) -> String {
    guard !text.isEmpty else { throw invalid("\(name) is empty", remedy: "leave it out, or write a word") }
    return try Parsing.text(text, name, bytesMax: bytesMax)
  }

  static func object(_ json: RawJSON?, _ name: String, bytesMax: Int) throws(Refusal) -> [UInt8] {
    let bytes = json?.bytes ?? Array("{}".utf8)
    guard bytes.count <= bytesMax else {
      throw invalid(
        "\(name) holds \(bytes.count) bytes; \(bytesMax) are allowed",
        remedy: "put large data into an input of the job, and only its name here")
    }
    guard json?.depth ?? 0 <= WireLimits.objectDepthMax else {
      throw invalid(
        "\(name) is nested deeper than \(WireLimits.objectDepthMax) levels",
        remedy: "make it flatter, or put it into an input of the job as a text")
    }
    return bytes
  }

  static func count(_ value: Int?, _ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
    guard let value else { return nil }
    guard range.contains(value) else {
      throw invalid(
        "\(name) is \(value)", remedy: "give a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  static func limit(_ value: Int?, or standard: Int) throws(Refusal) -> Int {
    try count(value, "limit", in: 1...WireLimits.pageItemsMax) ?? standard
  }

  static func timeoutMs(_ value: Int?) throws(Refusal) -> Int64? {
    try count(value, "timeout_ms", in: 1...Int(ModelLimits.timeoutMsMax)).map(Int64.init)
  }

  /// What a call looks for or continues behind. What is longer than any name cannot be there; it would only come back in
  /// the reply.
  static func sought(_ text: String?, _ name: String, bytesMax: Int) throws(Refusal) -> String? {
    try text.map { value throws(Refusal) in try Parsing.text(value, name, bytesMax: bytesMax) }
  }

  static func reason(_ text: String?) throws(Refusal) -> String? {
    try sought(text, "reason", bytesMax: ModelLimits.titleBytesMax)
  }

  static func match(_ pattern: String?) throws(StoreError) -> Glob? {
    try refusing { try pattern.map { pattern throws(NameError) in try Glob(pattern) } }
  }

  static func choice(_ call: JobsAPI.Regenerate) throws -> JobStore.TaskChoice {
    var choice = try choice(match: call.match, phase: call.phase)
    choice.only = call.only ?? false
    return choice
  }

  static func choice(match: String?, phase: String?) throws -> JobStore.TaskChoice {
    var choice = JobStore.TaskChoice()
    choice.matching = try self.match(match)
    choice.phase = try sought(phase, "phase", bytesMax: ModelLimits.titleBytesMax)
    return choice
  }

  static func rollbackTarget(_ call: FilesAPI.Rollback) throws -> RollbackTarget {
    let version = try count(call.version, "version", in: 1...Int.max).map(Int64.init)
    guard let path = call.path else {
      guard version == nil else { throw invalid("a version without a path", remedy: "name the path, too") }
      return .tasks(try choice(match: call.match, phase: call.phase))
    }
    guard call.match == nil, call.phase == nil else {
      throw invalid("a path beside a pattern or a phase", remedy: "choose a file, or tasks")
    }
    return .file(try text(path, "path", bytesMax: ModelLimits.pathBytesMax), version: version)
  }

  static func handMade(_ call: FilesAPI.Put) throws -> HandMadeVersion {
    let path = try text(call.path, "path", bytesMax: ModelLimits.pathBytesMax)
    // What reads records relies on what they are, and nobody has looked into these bytes.
    guard !RecordName.isPath(path) else {
      throw invalid(
        "'\(visible(path))' is a record, and only tasks write these",
        remedy: "put a file; or make the task of the record again with 'genbroker regenerate'")
    }
    return HandMadeVersion(
      path: path, sha256: try sha256(call.sha256), mediaType: try call.mediaType.map(mediaType),
      why: try sought(call.why, "why", bytesMax: ModelLimits.titleBytesMax))
  }

  static func policy(_ call: AdminAPI.Prune) throws(Refusal) -> PrunePolicy {
    var policy = PrunePolicy()
    guard call.jobs?.count ?? 0 <= WireLimits.pageItemsMax else {
      throw invalid("more than \(WireLimits.pageItemsMax) jobs", remedy: "name fewer in one call")
    }
    policy.jobs = (call.jobs ?? []).map { JobID(Int64($0)) }
    policy.olderThanMs = try count(call.olderThanMs, "older_than_ms", in: 0...Int.max).map(Int64.init)
    policy.keep = try count(call.keep, "keep", in: 0...Int.max)
    policy.archivedOlderThanMs = try count(call.archivedOlderThanMs, "archived_older_than_ms", in: 0...Int.max)
      .map(Int64.init)
    policy.maxBytes = try count(call.maxBytes, "max_bytes", in: 0...Int.max).map(Int64.init)
    guard !policy.isEmpty else {
      throw invalid(
        "nothing says which jobs or files shall go", remedy: "name jobs, or give an age, a number or a size")
    }
    return policy
  }

  /// The kind of tasks that a worker wants, or that are for one.
  static func workerKind(_ name: String) throws -> Kind {
    let kind = try Kind(name)
    guard kind != .recipe else {
      throw invalid("tasks of kind '\(kind)' are done by the broker alone", remedy: "use the kind of a plugin")
    }
    return kind
  }

  // MARK: Tasks and jobs

  static func tasks(_ specs: [JobsAPI.TaskSpec], kind: Kind) throws -> [NewTask] {
    guard specs.count <= ModelLimits.tasksPerCallMax else {
      throw invalid(
        "\(specs.count) tasks in one call", remedy: "send at most \(ModelLimits.tasksPerCallMax) at a time")
    }
    var keys: Set<TaskKey> = []
    return try specs.map { spec in
      let task = try task(spec, kind: kind)
      guard keys.insert(task.key).inserted else {
        throw invalid("two tasks have the key '\(visible(spec.key))'", remedy: "give each task a key of its own")
      }
      return task
    }
  }

  private static func task(_ spec: JobsAPI.TaskSpec, kind: Kind) throws -> NewTask {
    guard spec.needs?.count ?? 0 <= ModelLimits.needsPerTaskMax,
      spec.outputs?.count ?? 0 <= ModelLimits.outputsPerTaskMax
    else {
      throw invalid(
        "task '\(visible(spec.key))' has too many needs or outputs",
        remedy: "at most \(ModelLimits.needsPerTaskMax) needs and \(ModelLimits.outputsPerTaskMax) outputs")
    }
    let outputBytes = (spec.outputs ?? []).reduce(0) { $0 + $1.utf8.count }
    guard outputBytes <= ModelLimits.outputsBytesPerTaskMax else {
      throw invalid(
        "the outputs of task '\(visible(spec.key))' hold \(outputBytes) bytes",
        remedy: "at most \(ModelLimits.outputsBytesPerTaskMax) bytes together; use shorter paths or more tasks")
    }
    var task = NewTask(key: try TaskKey(spec.key), kind: try spec.kind.map(workerKind) ?? kind)
    task.op = try name(spec.op ?? "generate", "op", bytesMax: ModelLimits.keyBytesMax)
    task.title = try spec.title.map { try text($0, "title", bytesMax: ModelLimits.titleBytesMax) }
    // A phase without a name is none.
    if let phase = spec.phase, !phase.isEmpty {
      task.phase = try text(phase, "phase", bytesMax: ModelLimits.titleBytesMax)
    }
    task.payload = try object(spec.payload, "payload", bytesMax: ModelLimits.payloadBytesMax)
    task.needs = try (spec.needs ?? []).map(TaskKey.init)
    task.settledNeeds = spec.needsPolicy == .settled
    task.outputs = try (spec.outputs ?? []).map { try ResultPath($0) }
    task.timeoutMs = try timeoutMs(spec.timeoutMs)
    task.maxAttempts = try count(spec.maxAttempts, "max_attempts", in: 1...ModelLimits.attemptsMax)
    task.maxCrashes = try count(spec.maxCrashes, "max_crashes", in: 1...ModelLimits.attemptsMax)
    task.reuseBy = spec.reuseBy.flatMap { JobModel.ReuseBasis(rawValue: $0.rawValue) } ?? .all
    task.credits = try count(spec.credits, "credits", in: 0...Int(ModelLimits.creditsPerCallMax)).map(Int64.init) ?? 0
    task.columns = try columns(spec.columns, among: FileColumns.Name.ofTasks)
    try setCollections(of: &task, spec)
    return task
  }

  private static func setCollections(of task: inout NewTask, _ spec: JobsAPI.TaskSpec) throws {
    let names = spec.collections ?? []
    guard names.count <= ModelLimits.collectionsPerTaskMax else {
      throw invalid(
        "task '\(visible(spec.key))' names \(names.count) collections",
        remedy: "at most \(ModelLimits.collectionsPerTaskMax) are possible")
    }
    task.collections = try names.map { try CollectionName($0) }
    task.section = try spec.section.map { try name($0, "section", bytesMax: ModelLimits.collectionBytesMax) }
    guard !task.collections.isEmpty || task.section == nil else {
      throw invalid("task '\(visible(spec.key))' has a section of no collection", remedy: "name a collection, too")
    }
    guard task.collections.isEmpty || !task.outputs.isEmpty else {
      throw invalid(
        "task '\(visible(spec.key))' names a collection and declares no outputs",
        remedy: "declare its outputs: these are what the collection counts")
    }
  }

  /// What files are found by.
  ///
  /// - Parameter known: the columns that can be said here.
  static func columns(
    _ columns: [String: String]?, among known: [FileColumns.Name] = FileColumns.Name.allCases
  ) throws -> FileColumns {
    try (columns ?? [:]).reduce(into: FileColumns()) { result, column in
      guard let name = known.first(where: { $0.rawValue == column.key }) else {
        let words = known.map(\.rawValue).joined(separator: ", ")
        throw invalid("there is no column '\(visible(column.key))'", remedy: "there are \(words)")
      }
      result[name] = try FileColumns.value(column.value, of: name)
    }
  }

  static func job(_ call: JobsAPI.Submit, owner: UserID) throws -> NewJob {
    let kind = try Kind(call.kind)
    var job = NewJob(owner: owner, kind: kind)
    guard call.inputs?.count ?? 0 <= ModelLimits.inputsPerJobMax else {
      throw invalid("too many inputs", remedy: "submit at most \(ModelLimits.inputsPerJobMax)")
    }
    job.inputs = try (call.inputs ?? []).map { (try ResultPath($0.name), try sha256($0.sha256)) }
    job.options = try object(call.options, "options", bytesMax: ModelLimits.optionsBytesMax)
    job.tasks = try call.tasks.map { try tasks($0, kind: kind) }
    job.isSealed = call.open != true
    // An open job brings its tasks itself.
    if !job.isSealed, job.tasks == nil { job.tasks = [] }
    job.project = try call.project.map(ProjectName.init)
    job.title = try call.title.map { try text($0, "title", bytesMax: ModelLimits.titleBytesMax) }
    job.labels = try labels(call.labels ?? [:])
    job.priority = try count(call.priority, "priority", in: ModelLimits.priorities) ?? 0
    job.idempotencyKey = try call.idempotencyKey.map {
      try name($0, "idempotency_key", bytesMax: ModelLimits.idempotencyKeyBytesMax)
    }
    job.maxAttempts =
      try count(call.maxAttempts, "max_attempts", in: 1...ModelLimits.attemptsMax) ?? ModelLimits.attemptsDefault
    job.maxCrashes =
      try count(call.maxCrashes, "max_crashes", in: 1...ModelLimits.attemptsMax) ?? ModelLimits.crashesDefault
    job.timeoutMs = try timeoutMs(call.timeoutMs)
    job.models = try models(call.models ?? [])
    job.budget = try call.budget.map { try budget($0) } ?? Budget()
    job.reuse = call.reuse.flatMap { ReusePolicy(rawValue: $0.rawValue) } ?? .unchanged
    job.holds = call.hold ?? false
    return job
  }

  static func labels(_ labels: [String: String]) throws(Refusal) -> [(name: String, value: String)] {
    guard labels.count <= ModelLimits.labelsMax else {
      throw invalid("\(labels.count) labels", remedy: "use at most \(ModelLimits.labelsMax)")
    }
    for (name, value) in labels {
      guard !name.isEmpty else { throw invalid("a label without a name", remedy: "write name=value") }
      for part in [name, value] { try labelPart(part) }
    }
    return labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func labelPart(_ part: String) throws(Refusal) {
    let part = try text(part, "a label", bytesMax: ModelLimits.labelBytesMax)
    guard !hasControls(part) else {
      throw invalid(
        "'\(visible(part))' cannot be part of a label: it holds a control character",
        remedy: "use names and values without control characters")
    }
  }
}
