import Diagram
import JSON
import PluginKit
import ProcessFiles

/// What the plugin does: plan the diagrams of process files, draw one, and draw what recipes ask for.
struct ImagesGenerator: Generator {
  let kind = "images"
  let version = "1.0.0"
  let ops = [planOp, diagramOp, "generate"] + FigureOp.allCases.map(\.rawValue)

  static let planOp = "plan"
  static let diagramOp = "diagram"

  private var files = InputFiles(PictureTable.init)

  mutating func generate(_ task: GenerationTask, host: any Host) throws {
    switch task.op {
    case Self.planOp: try plan(task, host)
    case Self.diagramOp: try drawDiagram(task, host)
    // A task that names no op has this one.
    case "generate": try FigureMaker(task, host, version: version).make(.picture)
    default:
      guard let op = FigureOp(rawValue: task.op) else {
        throw PluginFailure("bad_op", "there is no op '\(task.op)'; this plugin has \(ops.joined(separator: ", "))")
      }
      try FigureMaker(task, host, version: version).make(op)
    }
  }

  /// Spawns a task for each picture, or nothing at all when a file cannot be read or a picture would be too large.
  private mutating func plan(_ task: GenerationTask, _ host: any Host) throws {
    let settings = try PictureSettings(task)
    let readables = try host.inputs()
    let table = try files.value(readables, host)
    try InputFiles<PictureTable>.log(readables, table.renderers.map(\.document), host)
    for file in table.filesWithoutPictures { try host.log("\(file) holds nothing that could be drawn") }
    let tasks = try DiagramPlanner(table, settings, version: version).tasks()
    try host.progress(
      done: nil, total: nil, note: "\(counted(table.files.count, "file")), \(counted(tasks.count, "picture"))")
    try host.spawn(tasks)
  }

  private mutating func drawDiagram(_ task: GenerationTask, _ host: any Host) throws {
    let payload = try DiagramPayload(task.payload)
    let wanted = payload.settings.outputs(payload.path)
    if wanted.allSatisfy({ task.isDone($0.path) }) { return }
    let table = try files.value(host.inputs(), host)
    guard let entry = table.entry(path: payload.path) else {
      throw PluginFailure(
        "bad_payload", "there is no picture \(payload.path) in these files.\nSubmit the files again with op plan.")
    }
    let figure = table.figure(of: entry, payload.settings, version: version)
    for warning in figure.warnings { try host.log(warning) }
    for output in wanted where !task.isDone(output.path) { try figure.put(output, host) }
    try host.progress(done: 1, total: 1, note: entry.title)
  }
}
