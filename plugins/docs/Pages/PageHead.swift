import BPMN
import HTML

/// The top of a page: what it is, its name, and one sentence.
struct PageHead {
  /// "User task"
  let kind: String
  /// The class of the sign before the kind.
  let sign: String
  let title: String
  /// The name as written, where the title is shorter.
  var wholeName: String?
  var isMade = false
  let lead: Phrase
  /// Whether the lead was written by a person.
  var isLeadWritten = false

  func write(_ writer: inout HTMLWriter, _ context: PageContext) {
    writer.element(.div, [.class("head")]) { head in
      head.element(.p, [.class("kind")]) { line in
        line.element(.span, [.class("sign \(sign)"), .aria("hidden", "true")], text: "")
        line.text(kind)
      }
      head.element(.h1, [Attribute("dir", "auto")], text: title)
      if isMade {
        head.element(.p, [.class("note")]) {
          $0.badge("made title", "made", title: "The file gives no name")
          $0.text(" The file gives no name; this title describes the place.")
        }
      }
      if let wholeName, wholeName != title {
        head.element(.details) { details in
          details.element(.summary, text: "The whole name")
          details.element(.p, [Attribute("dir", "auto"), .class("long")], text: wholeName)
        }
      }
      head.element(.p, [.class("lead")]) { line in
        line.phrase(lead, in: context)
        if !isLeadWritten { line.badge("derived", "derived", title: "Made from the structure of the model") }
      }
    }
  }
}

extension FlowNode.Kind {
  /// The class of the sign that stands for the kind.
  var sign: String {
    isEvent ? "event" : isGateway ? "gateway" : isSubProcess || self == .callActivity ? "sub" : "task"
  }
}
