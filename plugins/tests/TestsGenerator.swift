import BPMN
import PluginKit
import ProcessFiles

/// What the plugin does: plan the tests, write what they share, write the model of a file, write a file of tests.
struct TestsGenerator: Generator {
  let kind = "tests"
  let version = "1.0.0"
  let ops = [planOp, sharedOp, modelOp, testOp]

  static let planOp = "plan"
  static let sharedOp = "shared"
  static let modelOp = "model"
  static let testOp = "test"

  private var files = InputFiles<TestSite>()

  mutating func generate(_ task: GenerationTask, host: any Host) throws {
    switch task.op {
    case Self.planOp: try plan(Framework(task), host)
    case Self.sharedOp: try writeShared(task, host)
    case Self.modelOp: try writeModel(task, host)
    case Self.testOp: try writeTests(task, host)
    default:
      throw PluginFailure("bad_op", "there is no op '\(task.op)'; this plugin has \(ops.joined(separator: ", "))")
    }
  }

  /// Spawns a task for each file of tests, or nothing at all when a file cannot be read.
  private mutating func plan(_ framework: Framework, _ host: any Host) throws {
    let readables = try host.inputs()
    let site = try files.value(readables, host)
    try InputFiles<TestSite>.log(readables, site.set.documents, host)
    let (tasks, untestable) = TestPlanner(site, framework, version: version).plan()
    for subject in untestable {
      let file = site.set.documents[subject.document].fileName
      let title = site.title(of: subject)
      try host.log(
        "\(file): no test for '\(title)': nothing comes to it, tokens go round for ever, or its ways are too long")
    }
    try host.progress(
      done: nil, total: nil, note: "\(counted(site.nets.count, "file")), \(counted(tasks.count, "task"))")
    try host.spawn(tasks)
  }

  private mutating func writeShared(_ task: GenerationTask, _ host: any Host) throws {
    let framework = try TestPayload(task.payload).framework
    let site = try files.value(host.inputs(), host)
    for file in framework.sharedFiles where !task.isDone("tests/" + file.name) {
      try host.put(path: "tests/" + file.name, mediaType: file.mediaType, bytes: file.bytes)
    }
    guard !task.isDone(SharedText.readmePath) else { return }
    try host.put(
      path: SharedText.readmePath, mediaType: "text/markdown", text: SharedText.readme(site, framework))
  }

  private mutating func writeModel(_ task: GenerationTask, _ host: any Host) throws {
    let payload = try TestPayload(task.payload)
    let site = try files.value(host.inputs(), host)
    let folders = site.folders.indices.lazy.map { FolderFiles(site, payload.framework).files($0) }
    guard let files = folders.first(where: { $0.first?.name == payload.path }) else { throw noFile(payload.path) }
    for file in files where !task.isDone(file.name) {
      try host.put(path: file.name, mediaType: file.mediaType, bytes: file.bytes)
    }
  }

  private mutating func writeTests(_ task: GenerationTask, _ host: any Host) throws {
    let payload = try TestPayload(task.payload)
    if task.isDone(payload.path) { return }
    let site = try files.value(host.inputs(), host)
    guard let subject = site.subjects.first(where: { site.path(of: $0, payload.framework) == payload.path }),
      let suite = site.suite(of: subject)
    else { throw noFile(payload.path) }
    let context = SuiteContext(site, subject, suite, version: version)
    let steps = task.hasModel ? try StepsQuestion(context).ask(host) : .none
    for note in steps.notes { try host.log("\(payload.path): \(note)") }
    try host.put(
      path: payload.path, mediaType: payload.framework.mediaType, text: context.text(payload.framework, with: steps))
    try host.progress(done: 1, total: 1, note: site.title(of: subject))
  }

  private func noFile(_ path: String) -> PluginFailure {
    PluginFailure("bad_payload", "there is no \(path) of these files; submit them again")
  }
}
