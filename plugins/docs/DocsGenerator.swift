import BPMN
import JSON
import PluginKit
import ProcessFiles

/// What the plugin does: plan the pages, write a page, write the index; and write what recipes ask for: a text, a deck of pairs, the parts
/// of a tech pack, a style or a room.
struct DocsGenerator: Generator {
  let kind = "docs"
  let version = "1.0.0"
  let ops = [
    planOp, pageOp, indexOp, textOp, pairsOp, comparePairsOp, viewsOp, analysisOp, packOp, styleOp, roomOp,
  ]

  static let planOp = "plan"
  static let pageOp = "page"
  static let indexOp = "index"
  static let textOp = "text"
  static let pairsOp = "pairs"
  static let comparePairsOp = "compare-pairs"
  static let viewsOp = "views"
  static let analysisOp = "analysis"
  static let packOp = "pack"
  static let styleOp = "style"
  static let roomOp = "room"
  static let indexOutputs = [
    PageTable.indexPath, PageTable.glossaryPath, PageTable.stylePath, PageTable.scriptPath,
  ]

  private var files = InputFiles<Site>()

  mutating func generate(_ task: GenerationTask, host: any Host) throws {
    switch task.op {
    case Self.planOp:
      try Self.checkOptions(task)
      try plan(host)
    case Self.pageOp: try writePage(task, host)
    case Self.indexOp: try writeIndex(task, host)
    case Self.textOp: try writeText(task, host)
    case Self.pairsOp:
      var deck = try PairsTask(task, host)
      try deck.run()
    case Self.comparePairsOp: try ComparePairsTask.run(task, host)
    case Self.viewsOp, Self.analysisOp, Self.packOp:
      if !task.outputs.isEmpty, task.outputs.allSatisfy(task.isDone) { return }
      try writePartOfPack(task, host)
    case Self.styleOp: try StyleMaker(task, host).writeStyle()
    case Self.roomOp: try StyleMaker(task, host).writeRoom()
    default:
      throw PluginFailure("bad_op", "there is no op '\(task.op)'; this plugin has \(ops.joined(separator: ", "))")
    }
  }

  /// One that nobody knows is a mistake, and better found before the site is made than in it.
  private static func checkOptions(_ task: GenerationTask) throws {
    let names = (task.options.raw.value.members ?? []).map { "'\($0.key)'" }
    guard !names.isEmpty else { return }
    throw PluginFailure(
      "bad_input", "there is no option \(names.joined(separator: ", ")): docs has none. Submit without --option.")
  }

  /// Spawns a task for each page, or nothing at all when a file cannot be read.
  private mutating func plan(_ host: any Host) throws {
    let readables = try host.inputs()
    let site = try files.site(readables, host)
    try InputFiles<Site>.log(readables, site.set.documents, host)
    let tasks = TaskPlanner(site, version: version).tasks()
    let nodes = site.set.documents.reduce(0) { $0 + $1.nodes.count }
    try host.progress(
      done: nil, total: nil,
      note: "\(counted(site.files.count, "file")), \(counted(nodes, "node")), \(counted(tasks.count, "task"))")
    try host.spawn(tasks)
  }

  private mutating func writePage(_ task: GenerationTask, _ host: any Host) throws {
    let payload = try PagePayload(task.payload)
    if task.isDone(payload.path) { return }
    let readables = try host.inputs()
    let site = try files.site(readables, host)
    guard let entry = site.pages.entry(path: payload.path) else {
      throw PluginFailure("bad_payload", "there is no page \(payload.path) in these files; submit them again")
    }
    let writer = PageWriter(site, children: ChildSummaries(readables), version: version)
    // Without its text the page is not written: a later attempt asks again, or takes the answer that is stored.
    let text = task.hasModel ? try writer.question(about: entry.id)?.ask(host) : nil
    try put(writer.write(entry.id, with: text), at: entry.path, host)
  }

  /// The index and the glossary, and what all pages share; what an earlier attempt committed is left as it is.
  private mutating func writeIndex(_ task: GenerationTask, _ host: any Host) throws {
    let readables = try host.inputs()
    let site = try files.site(readables, host)
    let writer = PageWriter(site, children: ChildSummaries(readables), version: version)
    // A site without a model has nothing to show of it.
    let style = PackageResources.style_css + (writer.usesModel ? PackageResources.generated_css : [])
    let shared = [
      (PageTable.stylePath, "text/css", style),
      (PageTable.scriptPath, "text/javascript", PackageResources.site_js),
    ]
    for (path, mediaType, bytes) in shared where !task.isDone(path) {
      try host.put(path: path, mediaType: mediaType, bytes: bytes)
    }
    for page in [PageID.glossary, .index] where !task.isDone(site.pages[page].path) {
      try put(writer.write(page), at: site.pages[page].path, host)
    }
  }

  private func writeText(_ task: GenerationTask, _ host: any Host) throws {
    let payload = try TextPayload(task)
    if task.isDone(payload.path) { return }
    let written =
      task.hasModel
      ? try TextQuestion(payload, EarlierFiles(host)).ask(host) : try FactsText(payload: payload).written()
    try host.put(
      path: payload.path, mediaType: payload.format.mediaType,
      text: written.text(as: payload.format, title: payload.title, version: version), meta: JSONText(written.meta))
  }

  private func writePartOfPack(_ task: GenerationTask, _ host: any Host) throws {
    switch task.op {
    case Self.viewsOp: try ViewsTask(task).write(host)
    case Self.analysisOp: try AnalysisTask(task, host).write(hasModel: task.hasModel)
    default: try PackTask(task, host, version: version).write()
    }
  }

  private func put(_ page: WrittenPage, at path: String, _ host: any Host) throws {
    try host.put(path: path, mediaType: "text/html", text: page.html, meta: JSONText(page.summary.json))
    try host.progress(done: 1, total: 1, note: page.summary.title)
  }
}
