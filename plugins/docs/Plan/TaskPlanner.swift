import BPMN
import Digest
import JSON
import PluginKit
import ProcessFiles

/// Turns the pages of a site into tasks: what is needed stands before what needs it, the index last.
struct TaskPlanner {
  private let site: Site
  private let version: String

  init(_ site: Site, version: String) {
    self.site = site
    self.version = version
  }

  static let nodePhase = "Nodes"
  static let processPhase = "Processes"
  static let indexPhase = "Index"

  /// All tasks.
  func tasks() -> [NewTask] {
    let pages = site.pages.entries.map(\.id).filter { $0 != .index && $0 != .glossary }
    return ordered(pages).map(task) + [indexTask]
  }

  /// Children first, otherwise in the order given. Iterative: sub-processes and calls may be nested deeply.
  private func ordered(_ pages: [PageID]) -> [PageID] {
    var result: [PageID] = []
    var entered: Set<PageID> = []
    for root in pages where entered.insert(root).inserted {
      var path = [(page: root, rest: site.children(of: root)[...])]
      while let place = path.indices.last {
        guard let child = path[place].rest.popFirst() else {
          result.append(path.removeLast().page)
          continue
        }
        if entered.insert(child).inserted { path.append((child, site.children(of: child)[...])) }
      }
    }
    return result
  }

  private func task(for page: PageID) -> NewTask {
    let entry = site.pages[page]
    let needs = site.children(of: page).map { site.pages[$0].taskKey }
    return NewTask(
      key: entry.taskKey, op: DocsGenerator.pageOp,
      title: shortened(site.titles.title(of: page), toBytes: Limits.taskTitleBytesMax), phase: phase(of: page),
      payload: PagePayload(path: entry.path, digest: digest(of: [page])).json, needs: needs, outputs: [entry.path],
      reuseBy: needs.isEmpty ? .payload : .meta)
  }

  private func phase(of page: PageID) -> String {
    guard case .node(let node) = page else { return Self.processPhase }
    return site.set[node].kind.isSubProcess ? Self.processPhase : Self.nodePhase
  }

  /// Of everything on the page that comes from the files, and of what a model would be asked about it, without what
  /// comes from its children: the task of a page changes when, and only when, its own part of the page does, the
  /// version of the plugin, or a prompt. Whether a model is at hand makes no difference: a plan that is begun again may
  /// run where none is.
  ///
  /// With it the task says all that its page depends on, beside the summaries of its children: so the files themselves need
  /// not be looked at to know whether a page is what it was (`ReuseBasis`).
  private func digest(of pages: [PageID]) -> String {
    let writer = PageWriter(site, children: .none, version: version)
    let written = pages.map { writer.write($0) }
    let questions = pages.map { writer.question(about: $0)?.hash ?? "" }
    return SHA256Digest(
      of: written.flatMap { Array($0.html.utf8) + $0.summary.json.bytes } + questions.flatMap { Array($0.utf8) }
    ).hex
  }

  private var indexTask: NewTask {
    let files = site.children(of: .index)
    return NewTask(
      key: PageTable.indexKey, op: DocsGenerator.indexOp, title: "Index, glossary and style", phase: Self.indexPhase,
      payload: PagePayload(path: PageTable.indexPath, digest: digest(of: [.index, .glossary])).json,
      needs: files.map { site.pages[$0].taskKey }, outputs: DocsGenerator.indexOutputs, reuseBy: .meta)
  }
}

/// What the task of a page carries; everything else is read from the files.
struct PagePayload: Hashable, Sendable {
  var path: String
  /// See `TaskPlanner`.
  var digest: String

  init(path: String, digest: String) {
    self.path = path
    self.digest = digest
  }

  init(_ payload: JSONText) throws {
    let value = payload.raw.value
    guard let path = value["path"]?.string, let digest = value["digest"]?.string else {
      throw PluginFailure("bad_payload", "the payload of a page needs path and digest; submit with op plan")
    }
    self.init(path: path, digest: digest)
  }

  var json: JSONText { JSONText(JSONTree.object([.init("path", .string(path)), .init("digest", .string(digest))])) }
}
