import JSON
import PluginKit

/// What the plugin does: plan a project, write its parts, check it.
struct CodeGenerator: Generator {
  let kind = "code"
  let version = "1.0.0"
  let ops = [planOp, coreOp, entityOp, supportOp, mainOp, checkOp]

  /// The program that parses the files of a project, where it is there.
  var python = "python3"

  static let planOp = "plan"
  static let coreOp = "core"
  static let entityOp = "entity"
  static let supportOp = "support"
  static let mainOp = "main"
  static let checkOp = "check"
  static let planPath = "plan.json"

  func generate(_ task: GenerationTask, host: any Host) throws {
    try Self.refuseOptions(task)
    switch task.op {
    case Self.planOp: try plan(task, host)
    case Self.coreOp:
      _ = try Payload(task, allows: [])
      try put(ProjectFiles.coreFiles(), task, host)
    case Self.entityOp: try writeEntity(task, host)
    case Self.supportOp: try writeSupport(task, host)
    case Self.mainOp:
      let payload = try Payload(task, allows: ["title", "about", "entities"])
      try put(payload.project().mainFiles(), task, host)
    case Self.checkOp: try check(task, host)
    default:
      throw PluginFailure("bad_op", "there is no op '\(task.op)'; this plugin has \(ops.joined(separator: ", "))")
    }
  }

  /// One that nobody knows is a mistake.
  private static func refuseOptions(_ task: GenerationTask) throws {
    let names = (task.options.raw.value.members ?? []).map { "'\(shown($0.key))'" }
    guard !names.isEmpty else { return }
    throw PluginFailure(
      "bad_input", "there is no option \(names.joined(separator: ", ")): code has none\nsubmit without --option")
  }

  // MARK: Plan

  private func plan(_ task: GenerationTask, _ host: any Host) throws {
    let payload = try Payload(task, allows: ["prompt", "known"])
    guard !task.isDone(Self.planPath) else { return }
    let plan = try Plan.make(payload, task, host)
    for note in plan.notes { try host.log(note) }
    try host.put(path: Self.planPath, mediaType: "application/json", text: plan.text)
    try host.progress(
      done: 1, total: 1, note: plan.project.entities.map(\.title).joined(separator: ", "))
  }

  // MARK: Files

  private func writeEntity(_ task: GenerationTask, _ host: any Host) throws {
    let payload = try Payload(task, allows: ["entity", "about"])
    let entity = try payload.entity()
    // An attempt that goes on asks the same question again; its answer is stored.
    let notes =
      task.hasModel
      ? try RulesQuestion(entity, about: payload.text("about")).ask(host)
      : EntityNotes(entity)
    try put(EntityFiles(entity, notes).files, task, host)
  }

  private func writeSupport(_ task: GenerationTask, _ host: any Host) throws {
    let project = try Payload(task, allows: ["title", "about", "entities"]).project()
    let schemas = Dictionary(
      try host.inputs().filter { $0.task != nil }.map { ($0.name, $0.meta) }, uniquingKeysWith: { first, _ in first })
    let notes = project.entities.map { EntityNotes($0, meta: schemas["app/schemas/\($0.name).py"] ?? nil) }
    try put(project.supportFiles(notes), task, host)
  }

  /// What an earlier attempt committed is left as it is.
  private func put(_ files: [ProjectFile], _ task: GenerationTask, _ host: any Host) throws {
    for (number, file) in files.enumerated() {
      if !task.isDone(file.path) {
        try host.put(path: file.path, mediaType: file.mediaType, text: file.text, meta: file.meta)
      }
      try host.progress(done: number + 1, total: files.count, note: file.path)
    }
  }

  // MARK: Check

  private func check(_ task: GenerationTask, _ host: any Host) throws {
    let entities = try Payload(task, allows: ["entities"]).entities()
    let report = try ProjectCheck(ProjectFiles.all(entities), python: python).report(task, host)
    try host.put(path: Report.path, mediaType: "application/json", text: report.text)
    if let failure = report.failure { throw failure }
  }
}
