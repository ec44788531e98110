import BPMN
import ProcessFiles

/// What the structure says about a process or sub-process as a whole.
struct ScopeWords {
  private let site: Site
  private let document: Int
  private let model: Document
  private let nodes: [FlowNode]
  /// Those of its sub-processes, too.
  private let everything: [FlowNode]
  private let paths: ScopePaths

  init(_ site: Site, document: Int, _ scope: Scope, _ paths: ScopePaths) {
    self.site = site
    self.document = document
    self.paths = paths
    model = site.set.documents[document]
    nodes = paths.order.map { site.set.documents[document][$0] }
    everything = model.allContents(of: paths.order)
  }

  /// "12 steps by Sales and Warehouse, from ‘Order received’ to ‘Order closed’."
  var summary: Phrase {
    guard !nodes.isEmpty else { return "Nothing in it is modelled." }
    return "\(steps)\(whoWords)\(fromTo)."
  }

  var paragraphs: [Phrase] {
    guard !nodes.isEmpty else { return ["The file shows no step of it."] }
    return [overview, exceptions].compactMap(\.self)
  }

  private var steps: Phrase {
    let activities = everything.filter(\.kind.isActivity).count
    let decisions = everything.count { $0.kind.isGateway && $0.kind != .parallelGateway && $0.outgoing.count > 1 }
    let work = activities == 0 ? counted(everything.count, "node") : counted(activities, "step")
    return decisions == 0 ? "\(work)" : "\(work) and \(counted(decisions, "decision"))"
  }

  private var whoWords: Phrase {
    let roles = uniqued(everything.filter(\.kind.isActivity).flatMap { model.roles(of: $0.handle) })
    guard !roles.isEmpty else { return "" }
    guard roles.count <= 4 else { return " by \(counted(roles.count, "role"))" }
    return " by \(Phrase.list(roles.map { "\($0)" }))"
  }

  private var fromTo: Phrase {
    let starts = nodes.filter { $0.kind == .startEvent }.map(link)
    let ends = nodes.filter { $0.kind == .endEvent }.map(link)
    let from: Phrase = starts.isEmpty || starts.count > 3 ? "" : ", from \(Phrase.list(starts, "or"))"
    let to: Phrase = ends.isEmpty || ends.count > 3 ? "" : " to \(Phrase.list(ends, "or"))"
    return from + (from.plain(site.titles).isEmpty && !ends.isEmpty && ends.count <= 3 ? ",\(to)" : to)
  }

  private var overview: Phrase {
    let main = paths.main.map { model[$0] }.filter { $0.kind.isActivity }
    guard main.count > 1, let first = main.first, let last = main.last else { return "It has \(steps)\(whoWords)." }
    return "It has \(steps)\(whoWords). Its main way leads from \(link(first)) \(between(main.count))to \(link(last))."
  }

  private func between(_ count: Int) -> String {
    count == 2 ? "" : "over \(counted(count - 2, "step")) "
  }

  private var exceptions: Phrase? {
    let (alternatives, loops) = (paths.alternatives.count, paths.loops.count)
    let items: [String] = [
      alternatives == 0 ? nil : counted(alternatives, "other way"), loops == 0 ? nil : counted(loops, "loop"),
      paths.exceptions.isEmpty ? nil : counted(paths.exceptions.count, "exception"),
    ].compactMap(\.self)
    guard !items.isEmpty else { return nil }
    return "Beside the main way there \(items[0].hasPrefix("1 ") ? "is" : "are") \(Phrase.list(items.map { "\($0)" }))."
  }

  private func link(_ node: FlowNode) -> Phrase { "\(node: NodeReference(document: document, node: node.handle))" }
}

extension Document {
  /// Nodes, and all that are in the sub-processes among them, at any depth.
  func allContents(of nodes: [Handle<FlowNode>]) -> [FlowNode] {
    var all = nodes.map { self[$0] }
    var next = 0
    while next < all.count {
      let node = all[next]
      if node.kind.isSubProcess { all += contents(of: .subProcess(node.handle)).nodes.map { self[$0] } }
      next += 1
    }
    return all
  }
}
