import TestSupport

/// Random models, wild ones: loops, joins that wait for ever, sub-processes in each other, names and ids that are meant to
/// break whatever they are written into.
struct RandomModel {
  private var random: SeededRandom
  private var nodes = 0
  private var flows = 0
  /// Ids may be odd, and the same twice.
  private let isHostile: Bool

  static let names = [
    #"""""#, "'''", #"""" + x"#, "\\", "a\nb", "\u{1F600}\u{200D}\u{1F469}", "class", "None", #""; import os"#,
    "{{facts}}", "`x` ${y}", "</script>", "\u{202E}evil", "Examples:", "Scenario: x", "| a |", "@tag", "# comment",
    "*/",
    #"\N{BULLET}"#, "%s", "\u{E9}", "e\u{301}", "", "   ", String(repeating: "x", count: 300), #"\u0041"#, #"\""#,
    #"Given "a" is done: "b""#, #"‘x’ occurs: "y""#, "\u{2028}line", "\u{85}", "<x>", "日本語", "test",
  ]
  static let ids = [
    "a-b", "a_b", "A_B", "a.b", "a b", "__init__", "conftest", #"x"y"#, "x'y", #"x\"#, "日本", "n\nl", "features",
    "class", "test_a", "1a", "\u{E9}", "e\u{301}", "\u{1F600}", "con", "/../..", "a/b", "PROCESS", "case",
  ]

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    isHostile = !seed.isMultiple(of: 2)
  }

  /// The text of a file.
  mutating func text() -> String {
    let processes = (0..<(1 + Int(random.next() % 2))).map { "<process id=\"p\($0)\"\(name())>\(scope(0))</process>" }
    return """
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><error id="e1" errorCode="E1"/>
      <error id="e2" name="e two"/>\(processes.joined())</definitions>
      """
  }

  // MARK: Parts

  private mutating func scope(_ depth: Int, isEventSubProcess: Bool = false) -> String {
    var elements: [(id: String, isEnd: Bool, xml: String)] = []
    let starts = isEventSubProcess ? 1 : random.element(of: [0, 1, 1, 1, 2])
    for _ in 0..<starts {
      let triggers = isEventSubProcess ? ["timer", "message", "error", "escalation"] : ["", "", "message"]
      let interrupting = isEventSubProcess ? " isInterrupting=\"\(random.chance(percent: 50))\"" : ""
      elements.append(element("startEvent", interrupting, event(triggers)))
    }
    for _ in 0..<Int(random.next() % 10) { elements += step(depth) }
    elements.append(element("endEvent"))
    let linked = flows(elements)
    var xml = elements.map(\.xml).joined() + linked
    if depth < 3, random.chance(percent: 30) {
      xml += element("subProcess", " triggeredByEvent=\"true\"", scope(depth + 1, isEventSubProcess: true)).xml
    }
    return xml
  }

  private mutating func step(_ depth: Int) -> [(id: String, isEnd: Bool, xml: String)] {
    switch random.next() % 100 {
    case ..<40:
      let loop = random.element(of: [
        "", "", "", "<standardLoopCharacteristics/>", "<multiInstanceLoopCharacteristics/>",
      ])
      let compensation = random.chance(percent: 15) ? " isForCompensation=\"true\"" : ""
      let task = element(random.element(of: ["task", "userTask", "receiveTask", "callActivity"]), compensation, loop)
      return [task] + boundary(of: task.id, ["timer", "error", "message", "escalation", "compensation"])
    case ..<62:
      let kinds = ["exclusive", "exclusive", "inclusive", "parallel", "eventBased", "complex"]
      return [element(random.element(of: kinds) + "Gateway")]
    case ..<72: return [element("intermediateCatchEvent", "", event(["timer", "message", "link", "conditional"]))]
    case ..<80:
      let kinds = ["", "message", "link", "escalation", "compensation", "signal"]
      return [element("intermediateThrowEvent", "", event(kinds))]
    case ..<90:
      let kinds = ["", "", "error", "terminate", "message", "escalation", "cancel", "compensation"]
      return [element("endEvent", "", event(kinds))]
    default:
      guard depth < 3 else { return [] }
      let inside = scope(depth + 1)
      let part = element(random.element(of: ["subProcess", "transaction", "adHocSubProcess"]), "", inside)
      return [part] + boundary(of: part.id, ["timer", "error", "cancel", "escalation"])
    }
  }

  private mutating func boundary(of host: String, _ triggers: [String]) -> [(id: String, isEnd: Bool, xml: String)] {
    guard random.chance(percent: 40) else { return [] }
    let attributes = " attachedToRef=\"\(escaped(host))\" cancelActivity=\"\(random.chance(percent: 50))\""
    return [element("boundaryEvent", attributes, event(triggers))]
  }

  private mutating func element(
    _ tag: String, _ attributes: String = "", _ body: String = ""
  ) -> (id: String, isEnd: Bool, xml: String) {
    nodes += 1
    let id = isHostile && random.chance(percent: 25) ? random.element(of: Self.ids) : "n\(nodes)"
    return (id, tag == "endEvent", "<\(tag) id=\"\(escaped(id))\"\(name())\(attributes)>\(body)</\(tag)>")
  }

  private mutating func name() -> String {
    random.chance(percent: 50) ? " name=\"\(escaped(random.element(of: Self.names)))\"" : ""
  }

  private mutating func event(_ kinds: [String]) -> String {
    let kind = random.element(of: kinds)
    guard !kind.isEmpty else { return "" }
    let reference = kind == "error" && random.chance(percent: 70) ? " errorRef=\"e\(1 + random.next() % 2)\"" : ""
    let inside = ["timer": "<timeDuration>PT1H</timeDuration>", "conditional": "<condition>x</condition>"][kind] ?? ""
    let tag = (kind == "compensation" ? "compensate" : kind) + "EventDefinition"
    return "<\(tag)\(reference)\(kind == "link" ? " name=\"L\"" : "")>\(inside)</\(tag)>"
  }

  /// Most lead on, some back.
  private mutating func flows(_ elements: [(id: String, isEnd: Bool, xml: String)]) -> String {
    var xml = ""
    for (place, source) in elements.enumerated() where !source.isEnd {
      for _ in 0..<random.element(of: [0, 1, 1, 1, 2, 3]) {
        let target = random.element(of: random.chance(percent: 80) ? Array(elements[place...]) : elements)
        flows += 1
        let condition = random.chance(percent: 20) ? "<conditionExpression>${x}</conditionExpression>" : ""
        xml += "<sequenceFlow id=\"f\(flows)\" sourceRef=\"\(escaped(source.id))\" targetRef=\"\(escaped(target.id))\""
        xml += "\(random.chance(percent: 30) ? name() : "")>\(condition)</sequenceFlow>"
      }
    }
    return xml
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
      .replacing("\n", with: "&#10;")
  }
}
