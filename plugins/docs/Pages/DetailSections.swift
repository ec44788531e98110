import BPMN
import HTML
import ProcessFiles

/// Timing, repetition, script and what vendors' tools keep about a node.
struct DetailSections {
  private let context: PageContext
  private let model: Document
  private let node: FlowNode

  init(_ context: PageContext, _ reference: NodeReference) {
    self.context = context
    model = context.site.document(of: reference)
    node = model[reference.node]
  }

  func write(_ writer: inout HTMLWriter) {
    triggers(&writer)
    performers(&writer)
    implementation(&writer)
  }

  private func triggers(_ writer: inout HTMLWriter) {
    let definitions = node.event?.definitions ?? []
    guard !definitions.isEmpty else { return }
    writer.section("trigger", node.kind.isCatching ? "Trigger" : "Effect") { section in
      section.element(.ul) { list in
        for definition in definitions {
          list.element(.li, text: shortened(EventWords.cell(for: definition, in: model), to: 1_000))
        }
      }
    }
  }

  private func performers(_ writer: inout HTMLWriter) {
    let performers = node.activity?.performers ?? []
    guard !performers.isEmpty else { return }
    writer.section("who", "Who") { section in
      section.table("Who does it", ["Role", "Person, group or expression", "From"]) { rows in
        for performer in performers {
          rows.row([
            cell(performer.role), { $0.element(.code, text: shortened(performer.value, to: 600)) },
            cell(performer.source == "bpmn" ? "BPMN" : performer.source),
          ])
        }
      }
    }
  }

  private func implementation(_ writer: inout HTMLWriter) {
    let facts = facts
    let properties = VendorProperties(node.common).rows
    guard !facts.isEmpty || !properties.isEmpty || node.activity?.script != nil else { return }
    writer.section("implementation", "Implementation") { section in
      if !facts.isEmpty { section.facts(facts.map { ($0.0, cell(shortened($0.1, to: 1_000))) }) }
      if let script = node.activity?.script {
        section.element(.h3, text: "Script" + (node.activity?.scriptFormat.map { " (\(shortened($0)))" } ?? ""))
        section.codeBlock("Script", script)
      }
      section.properties(properties)
    }
  }

  private var facts: [(String, String)] {
    let activity = node.activity
    let loop = activity?.loop
    let pairs: [(String, String?)] = [
      ("Repetition", model.loopWords(for: node.handle)),
      ("Complete when", loop?.completionCondition?.text ?? activity?.completionCondition?.text),
      ("Order of the steps", activity?.adHocOrdering),
      ("Message", activity?.message.flatMap { model[$0].plainName }),
      ("Operation", activity?.operation),
      ("Implementation", activity?.implementation),
      ("Activation condition", node.gateway?.activationCondition?.text),
      ("Starts the process", activity?.instantiate == true || node.gateway?.instantiate == true ? "yes" : nil),
    ]
    return pairs.compactMap { name, value in value.map { (name, collapsingWhitespace($0)) } }
  }
}

/// What vendors' tools keep in an element, as names and values.
struct VendorProperties {
  /// `zeebe:taskDefinition › type` and its value.
  private(set) var rows: [(name: String, value: String)] = []

  init(_ element: ElementCommon) {
    for attribute in element.vendorAttributes where !Self.isLook(attribute.vendor) {
      add("\(attribute.vendor):\(attribute.name)", attribute.value)
    }
    var pending = element.extensions.reversed().map { (element: $0, path: "", depth: 0) }
    while let next = pending.popLast() {
      let path = next.path + (next.path.isEmpty ? "\(next.element.vendor):" : " › ") + next.element.name
      guard !Self.isLook(next.element.vendor) else { continue }
      if let pair = Self.pair(next.element) {
        add("\(path) › \(pair.name)", pair.value)
      } else {
        for attribute in next.element.attributes { add("\(path) › \(attribute.name)", attribute.value) }
      }
      let isEmpty = next.element.attributes.isEmpty && next.element.children.isEmpty
      if !next.element.text.isEmpty || isEmpty { add(path, next.element.text) }
      guard next.depth < Limits.propertyDepthMax else { continue }
      pending += next.element.children.reversed().map { ($0, path, next.depth + 1) }
    }
  }

  /// The name and the value that an element of two attributes stands for, as vendors' `property` and `header` do.
  private static func pair(_ element: ExtensionElement) -> (name: String, value: String)? {
    guard element.attributes.count == 2, let value = element.attribute("value"),
      let name = element.attribute("key") ?? element.attribute("name"), !name.isEmpty
    else { return nil }
    return (name, value)
  }

  private mutating func add(_ name: String, _ value: String) {
    rows.append((shortened(name), value))
  }

  /// Colours and the like say nothing about the process.
  private static func isLook(_ vendor: String) -> Bool {
    ["color", "bioc", "modeler"].contains(vendor)
  }
}

extension HTMLWriter {
  /// A table of vendor properties; nothing when there are none.
  mutating func properties(_ rows: [(name: String, value: String)]) {
    guard !rows.isEmpty else { return }
    element(.h3, text: "Properties")
    table("Properties", ["Property", "Value"], classes: "properties") { body in
      for row in rows.prefix(Limits.propertiesMax) {
        body.row([cell(row.name), { $0.element(.code, text: shortened(row.value, to: 2_000)) }])
      }
    }
    if rows.count > Limits.propertiesMax {
      element(.p, [.class("note")], text: "\(rows.count - Limits.propertiesMax) more are in the file.")
    }
  }

  /// What a checker would say; nothing when it says nothing.
  mutating func findings(_ findings: [Finding], in context: PageContext, document: Int, withPlace: Bool = false) {
    guard !findings.isEmpty else { return }
    section("findings", "Findings") { section in
      section.element(.ul, [.class("findings")]) { list in
        for finding in findings { list.finding(finding, in: context, document, withPlace) }
      }
    }
  }

  private mutating func finding(_ finding: Finding, in context: PageContext, _ document: Int, _ withPlace: Bool) {
    element(.li, [.class(finding.severity.rawValue)]) { item in
      item.badge(finding.severity.rawValue, finding.severity.rawValue)
      item.text(" \(shortened(finding.message, to: 400)). ")
      item.element(.code, [.class("rule")], text: finding.rule.rawValue)
      guard withPlace, let page = Self.page(of: finding, document, context) else { return }
      item.text(" ")
      item.element(.a, [.href(context.address(of: page, fragment: "content"))], text: "line \(finding.line)")
    }
  }

  private static func page(of finding: Finding, _ document: Int, _ context: PageContext) -> PageID? {
    let model = context.site.set.documents[document]
    switch finding.element {
    case .node(let handle): return .node(NodeReference(document: document, node: handle))
    case .flow(let handle): return model[handle].source.map { .node(NodeReference(document: document, node: $0)) }
    case .process(let handle): return .process(ProcessReference(document: document, process: handle))
    default: return nil
    }
  }
}
