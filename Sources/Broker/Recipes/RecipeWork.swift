import Digest
import JSON
import JobModel
import JobStore
import Recipes
import YAML

/// What is known of one recipe while its tasks are made.
struct RecipeWork: Sendable {
  private let payload: [UInt8]
  /// JSON of which all tasks were added before.
  private let covered: [TaskKey: SHA256Digest]
  private var order: RecipeOrder?
  /// The JSON that tasks have made, by the task.
  private var outputs: [TaskKey: JSONValue] = [:]
  /// What `outputs` is, when all tasks are added.
  private(set) var hashes: [TaskKey: SHA256Digest] = [:]
  private var bytesRead: Int64 = 0
  private var expansion = Expansion.empty
  /// Which tasks with `new_only` are made; nil until that is decided.
  private var selection: Selection?
  /// What is said of that.
  private(set) var remarks: [String] = []
  /// What has to be looked at before.
  private var choice: NewOnlyChoice?
  /// Whether this is the task that decides; those that go on with the recipe take what it has decided.
  private let decides: Bool
  /// Makers that have not been looked at since the last expansion, then what was found.
  private var unread: ArraySlice<TaskKey> = []
  private var found: [TaskKey: Found] = [:]
  /// Those whose JSON others wait for, and that have not ended.
  private var open: [TaskKey] = []

  private struct Found: Sendable {
    let path: String
    let bytes: [UInt8]
    let sha256: SHA256Digest
  }

  /// - Parameters:
  ///   - payload: a `RecipeOrder`.
  ///   - covered: JSON of which all tasks are known to be there.
  ///   - decides: whether it is the first task of the recipe, by which `new_only` is decided.
  init(payload: [UInt8], covered: [TaskKey: SHA256Digest], decides: Bool) {
    self.payload = payload
    self.decides = decides
    self.covered = covered
  }

  /// Whether something was read that may tell of more tasks.
  var hasMore: Bool { !found.isEmpty || choice != nil }

  /// Makes the tasks that can be told by what was read so far.
  ///
  /// - Throws: `Refusal` for a recipe that is wrong, or JSON that is none.
  mutating func expand() throws(Refusal) {
    do throws(RecipeError) {
      let order = if let order { order } else { try RecipeOrder(payload: payload) }
      self.order = order
      try takeFound()
      if order.recipe.hasNewOnly, selection == nil {
        guard let choice else {
          self.choice = NewOnlyChoice(try order.recipe.newOnlyGroups(order.values), decides: decides)
          return
        }
        let chosen = choice.selection(order)
        (selection, remarks) = (chosen, choice.remarks(chosen))
        self.choice = nil
      }
      expansion = try order.recipe.expand(order.values, outputs: outputs, selection: selection)
    } catch {
      throw refusal(error)
    }
    var makers: Set<TaskKey> = []
    unread = expansion.waits.map(\.maker).filter { makers.insert($0).inserted }[...]
    open = []
  }

  /// Reads the JSON that was found.
  private mutating func takeFound() throws(RecipeError) {
    for (maker, found) in found {
      do throws(JSONError) {
        outputs[maker] = try JSONDocument(found.bytes).root
        hashes[maker] = found.sha256
      } catch {
        throw RecipeError.output(
          "'\(visible(found.path))', which the task '\(visible(maker.text))' has made, is no JSON: \(error)",
          remedy: "correct the plugin or its prompt, then 'genbroker regenerate' that task")
      }
    }
    found = [:]
  }

  private func refusal(_ error: RecipeError) -> Refusal {
    let lines = error.text(file: order?.file ?? RecipeOrder.file(in: payload)).split(separator: "\n", maxSplits: 1)
    return Refusal(.invalid, String(lines[0]), remedy: error.remedy)
  }

  /// Reads some of what tasks wait for.
  ///
  /// - Returns: whether that was all.
  mutating func read(_ reader: StoreReader, _ job: JobID) throws -> Bool {
    if choice != nil { return try choice?.look(reader, job) ?? true }
    for _ in 0..<Self.makersPerPart {
      guard let maker = unread.popFirst() else { return true }
      switch try reader.recipeOutput(of: maker, in: job) {
      case .open, .none: open.append(maker)
      case .made(let path, let sha256, let place):
        bytesRead += place.size
        try refuse(place.size > RecipeLimits.outputBytesMax, "'\(visible(path))' has \(place.size) bytes", maker)
        try refuse(bytesRead > RecipeLimits.outputsBytesMax, "with '\(visible(path))' it is \(bytesRead) bytes", maker)
        found[maker] = Found(path: path, bytes: try reader.bytes(place, at: 0, count: Int(place.size)), sha256: sha256)
      }
    }
    return unread.isEmpty
  }

  private func refuse(_ isTooMuch: Bool, _ what: String, _ maker: TaskKey) throws(Refusal) {
    guard isTooMuch else { return }
    let (one, all) = (RecipeLimits.outputBytesMax >> 20, RecipeLimits.outputsBytesMax >> 20)
    throw Refusal(
      .invalid, "the JSON that tasks are made from is too much: \(what)",
      remedy: "let '\(visible(maker.text))' make less: \(one) MiB each and \(all) MiB together are taken")
  }

  /// Each is one read transaction's worth, which must be short.
  private static let makersPerPart = 32

  // MARK: Tasks

  /// The tasks in the order in which they are added, in parts that are no burden to the others in a commit.
  func batches() throws(Refusal) -> [[NewTask]] {
    var batches: [[NewTask]] = []
    var batch: [NewTask] = []
    var bytes = 0
    let (chosen, others) = try parted(newTasks())
    if !chosen.isEmpty { batches.append(chosen.map(NewTask.init)) }
    for task in try others.map(NewTask.init) + goingOn() {
      batch.append(task)
      bytes += task.payload.count
      if batch.count >= Self.tasksPerBatch || bytes >= Self.bytesPerBatch {
        batches.append(batch)
        (batch, bytes) = ([], 0)
      }
    }
    return batch.isEmpty ? batches : batches + [batch]
  }

  /// The tasks with `new_only` apart from the others. They are added in one transaction: so either none of them is there, and
  /// what is made is decided again, or all are, and it was decided by that.
  private func parted(_ tasks: [RecipeTask]) throws(Refusal) -> (chosen: [RecipeTask], others: [RecipeTask]) {
    guard let order, order.recipe.hasNewOnly else { return ([], tasks) }
    let names = order.recipe.newOnlyTasks
    let chosen = tasks.filter { names.contains($0.declaration) }
    let bytes = chosen.reduce(0) { $0 + $1.payload.bytes.count }
    guard chosen.count <= Self.chosenMax, bytes <= Self.chosenBytesMax else {
      throw Refusal(
        .invalid, "\(chosen.count) tasks with 'new_only' (\(bytes >> 10) KiB) are to be made at once",
        remedy: "give it a limit: \(Self.chosenMax) tasks and \(Self.chosenBytesMax >> 20) MiB of payloads are possible"
      )
    }
    return (chosen, tasks.filter { !names.contains($0.declaration) })
  }

  private static let chosenMax = 2_000
  private static let chosenBytesMax = 4 << 20

  /// Without those that could be told by what is covered: they are there.
  private func newTasks() throws(Refusal) -> [RecipeTask] {
    let known = outputs.filter { covered[$0.key] != nil && covered[$0.key] == hashes[$0.key] }
    guard let order, !known.isEmpty else { return expansion.tasks }
    do throws(RecipeError) {
      let before = Set(try order.recipe.expand(order.values, outputs: known, selection: selection).tasks.map(\.key))
      return expansion.tasks.filter { !before.contains($0.key) }
    } catch {
      throw refusal(error)
    }
  }

  private static let tasksPerBatch = 200
  private static let bytesPerBatch = 1 << 20

  /// For each task whose JSON others wait for, the one that goes on when it is there.
  private func goingOn() throws(Refusal) -> [NewTask] {
    var tasks: [NewTask] = []
    let waiting = Dictionary(grouping: expansion.waits, by: \.maker)
    for maker in open {
      do throws(NameError) {
        let key = try TaskKey.recipe(after: maker)
        tasks.append(
          NewTask(
            key: key, kind: .recipe, op: "expand", title: Self.title(behind: maker, waiting[maker] ?? []),
            phase: RecipeOrder.phase, needs: [maker]))
      } catch {
        throw Refusal(.invalid, error.message, remedy: "give the task a shorter 'key:'")
      }
    }
    return tasks
  }
}

extension RecipeWork {
  /// With the names of what would be missing if the task it waits for failed.
  private static func title(behind maker: TaskKey, _ waits: [RecipeWait]) -> String {
    let names = waits.prefix(namesMax).map(\.declaration)
    let more = waits.count > names.count ? ", …" : ""
    return "The tasks behind '\(maker.text)' (\(names.joined(separator: ", "))\(more))"
  }

  /// A key, and this many names, fit a title.
  private static let namesMax = 4
}

extension NewTask {
  fileprivate init(_ task: RecipeTask) {
    self.init(
      key: task.key, kind: task.kind, op: task.op ?? "generate", title: task.title, phase: task.phase,
      payload: task.payload.bytes, needs: task.needs, settledNeeds: task.waitsForSettled, outputs: task.outputs,
      timeoutMs: task.timeoutMs, maxAttempts: task.attemptsMax, maxCrashes: task.crashesMax,
      reuseBy: task.reuseBy ?? .all)
    credits = task.credits
    columns = task.columns
    collections = task.collections
    section = task.section
  }
}
