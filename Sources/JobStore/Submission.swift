package import Digest
package import JobModel

/// A task that is to be added, its names already proved.
package struct NewTask: Sendable {
  package var key: TaskKey
  package var kind: Kind
  package var op: String
  package var title: String?
  package var phase: String?
  /// One line of JSON.
  package var payload: [UInt8]
  package var needs: [TaskKey]
  /// The task also starts when needs ended without success.
  package var settledNeeds: Bool
  package var outputs: [ResultPath]
  /// The job's own when absent.
  package var timeoutMs: Int64?
  package var maxAttempts: Int?
  package var maxCrashes: Int?
  package var reuseBy: ReuseBasis
  /// What the job is charged each time that it is made.
  package var credits: Int64 = 0
  /// What is said of its files.
  package var columns = FileColumns()
  /// That its declared outputs belong to.
  package var collections: [CollectionName] = []
  /// Of these collections.
  package var section: String?

  package init(
    key: TaskKey, kind: Kind, op: String = "generate", title: String? = nil, phase: String? = nil,
    payload: [UInt8] = Array("{}".utf8), needs: [TaskKey] = [], settledNeeds: Bool = false,
    outputs: [ResultPath] = [], timeoutMs: Int64? = nil, maxAttempts: Int? = nil, maxCrashes: Int? = nil,
    reuseBy: ReuseBasis = .all
  ) {
    self.key = key
    self.kind = kind
    self.op = op
    self.title = title
    self.phase = phase
    self.payload = payload
    self.needs = needs
    self.settledNeeds = settledNeeds
    self.outputs = outputs
    self.timeoutMs = timeoutMs
    self.maxAttempts = maxAttempts
    self.maxCrashes = maxCrashes
    self.reuseBy = reuseBy
  }

  /// Whether it makes tasks of what was submitted.
  var isPlan: Bool { op == TaskBatch.planOp || kind == .recipe }

  /// Equal for tasks that mean the same: a key that is spawned again with the same content is no conflict.
  var digest: [UInt8] {
    var content = ContentDigest()
    let names = namesInDigest
    content.add([kind.name, op, names.title, names.phase, settledNeeds ? "settled" : "all"])
    content.add(payload)
    content.add(needs.map(\.text))
    content.add(outputs.map(\.text))
    content.add([timeoutMs, maxAttempts.map(Int64.init), maxCrashes.map(Int64.init)].map { $0.map(String.init) ?? "" })
    // Left out where it is as before: digests of earlier versions stay what they are.
    if reuseBy != .all { content.add(["reuse by", reuseBy.rawValue]) }
    if credits != 0 { content.add(["credits", "\(credits)"]) }
    if !columns.isEmpty { content.add(["columns"] + columns.members.flatMap { [$0.name.rawValue, $0.value] }) }
    if !collections.isEmpty { content.add(["collections", section ?? ""] + collections.map(\.text)) }
    return content.finish()
  }

  /// A task that goes on with a recipe is called by what is known when it is added, and by other words in other versions: it is
  /// the same whatever it is called. So it counts as the first version has called it.
  private var namesInDigest: (title: String, phase: String) {
    guard kind == .recipe, let maker = TaskKey.maker(ofRecipeTask: key.text) else { return (title ?? "", phase ?? "") }
    return ("The tasks behind '\(maker.text)'", "")
  }
}

/// A job that is to be added, its names already proved.
package struct NewJob: Sendable {
  package var owner: UserID
  package var kind: Kind
  package var inputs: [(name: ResultPath, sha256: SHA256Digest)] = []
  /// One line of JSON.
  package var options: [UInt8] = Array("{}".utf8)
  /// Absent: one task with op `plan`.
  package var tasks: [NewTask]?
  /// False: more tasks follow.
  package var isSealed = true
  package var project: ProjectName?
  package var title: String?
  /// Sorted by name.
  package var labels: [(name: String, value: String)] = []
  package var priority = 0
  package var idempotencyKey: String?
  package var maxAttempts = ModelLimits.attemptsDefault
  package var maxCrashes = ModelLimits.crashesDefault
  package var timeoutMs: Int64?
  /// That its tasks may use, the first one first.
  package var models: [ModelName] = []
  /// What its model calls may take.
  package var budget = Budget()
  package var reuse = ReusePolicy.unchanged
  /// Pause it when its first task has ended.
  package var holds = false

  package init(owner: UserID, kind: Kind) {
    self.owner = owner
    self.kind = kind
  }

  /// Equal for submissions that mean the same.
  ///
  /// - Parameter digests: those of `tasks`.
  func digest(_ digests: [[UInt8]]) -> [UInt8] {
    var content = ContentDigest()
    content.add([kind.name, project?.text ?? "", title ?? "", isSealed ? "sealed" : "open"])
    content.add(options)
    content.add(inputs.flatMap { [$0.name.text, $0.sha256.hex] })
    content.add(labels.flatMap { [$0.name, $0.value] })
    content.add([Int64(priority), Int64(maxAttempts), Int64(maxCrashes), timeoutMs ?? 0].map { String($0) })
    // Jobs without models have the digests that they had before there were any.
    if !models.isEmpty { content.add(["models"] + models.map(\.description)) }
    if !budget.isEmpty { content.add(["budget"] + Spent.Unit.allCases.map { budget[$0].map { "\($0)" } ?? "" }) }
    // No list of tasks means one that plans; an empty list means none.
    content.add([tasks == nil ? "planned" : "listed"])
    for (task, digest) in zip(tasks ?? [], digests) {
      content.add([task.key.text])
      content.add(digest)
    }
    // Left out where it is as before: digests of earlier versions stay what they are.
    if reuse != .unchanged || holds { content.add(["reuse", reuse.rawValue, holds ? "hold" : ""]) }
    return content.finish()
  }

  /// What its labels say of its files: those that are named as columns are.
  var fileColumns: FileColumns {
    labels.reduce(into: FileColumns()) { columns, label in
      let name = FileColumns.Name.ofTasks.first { $0.rawValue == label.name }
      if let name, FileColumns.isValue(label.value) { columns[name] = label.value }
    }
  }

  /// Of its inputs; `nil` without any.
  var inputsDigest: [UInt8]? {
    guard !inputs.isEmpty else { return nil }
    var content = ContentDigest()
    for input in inputs.sorted(by: { $0.name.text.utf8.lexicographicallyPrecedes($1.name.text.utf8) }) {
      content.add([input.name.text, input.sha256.hex])
    }
    return content.finish()
  }
}

/// Hashes lists of texts so that no two different lists look alike: every part is preceded by its length.
struct ContentDigest {
  /// Hashed at once, which costs less than feeding each part.
  private var content: [UInt8] = []

  mutating func add(_ texts: [String]) {
    add(count: texts.count, ";")
    for text in texts {
      add(count: text.utf8.count, ":")
      content.append(contentsOf: text.utf8)
    }
  }

  mutating func add(_ bytes: [UInt8]) {
    add(count: bytes.count, ":")
    content.append(contentsOf: bytes)
  }

  private mutating func add(count: Int, _ mark: Unicode.Scalar) {
    if count < 10 {
      content.append(UInt8(ascii: "0") + UInt8(count))
    } else {
      content.append(contentsOf: String(count).utf8)
    }
    content.append(UInt8(ascii: mark))
  }

  func finish() -> [UInt8] { SHA256Digest(of: content).bytes }
}
