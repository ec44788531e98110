/// Files with something wrong in them, and what is made of each: the table of `plugins/docs/README.md`.
enum FaultyFiles {
  struct Case {
    let name: String
    let bytes: [UInt8]
    /// What is wrong with it, as the table says it.
    let fault: String
  }

  /// Two tasks in a row.
  private static let good = model(
    #"<task id="a" name="Pick"/><task id="b" name="Pack"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>"#)

  private static func model(_ content: String, declaration: String = #"<?xml version="1.0" encoding="UTF-8"?>"#)
    -> String
  {
    """
    \(declaration)
    <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
    <process id="p" name="Order">
    \(content)
    </process>
    </definitions>
    """
  }

  private static func text(_ name: String, _ text: String, _ fault: String) -> Case {
    Case(name: name, bytes: Array(text.utf8), fault: fault)
  }

  /// Made here, each with one thing wrong.
  static let own: [Case] = [
    text("empty.bpmn", "", "nothing in it"),
    text("blank.bpmn", " \n\t\n", "white space only"),
    text("truncated.bpmn", String(good.prefix(180)), "cut off in the middle of a tag"),
    text("unclosed.bpmn", good.replacing("</process>\n</definitions>", with: ""), "cut off between two tags"),
    text("junk.bpmn", good + "\nmore", "text behind the root"),
    text("two-roots.bpmn", good + "\n<definitions/>", "a second root"),
    text("mismatch.bpmn", good.replacing("</process>", with: "</proces>"), "an end tag of another name"),
    text("no-quotes.bpmn", good.replacing("\"Pick\"", with: "Pick"), "an attribute without quotes"),
    text("attribute-twice.bpmn", good.replacing("id=\"a\"", with: "id=\"a\" id=\"x\""), "an attribute twice"),
    text("doctype.bpmn", good.replacing("<definitions", with: "<!DOCTYPE definitions>\n<definitions"), "a DOCTYPE"),
    text(
      "entities.bpmn",
      good.replacing(
        "<definitions", with: "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<definitions"),
      "an entity that reads another file"),
    text("undefined-entity.bpmn", good.replacing("Pick", with: "Pick&nbsp;it"), "an entity that XML does not know"),
    Case(
      name: "wrong-encoding.bpmn", bytes: Array(good.utf8).map { $0 == UInt8(ascii: "P") ? 0xFF : $0 },
      fault: "Latin-1 bytes in a file that says UTF-8"),
    text("unknown-encoding.bpmn", good.replacing("UTF-8", with: "KLINGON-8"), "an encoding that nobody knows"),
    text("utf16-in-name-only.bpmn", good.replacing("UTF-8", with: "UTF-16"), "UTF-8 that says UTF-16"),
    text("no-xml.bpmn", "order, 1, 2\n", "a table of text"),
    Case(name: "zip.bpmn", bytes: [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0], fault: "a ZIP archive"),
    Case(name: "zeros.bpmn", bytes: [UInt8](repeating: 0, count: 4096), fault: "zeros only, as after a power failure"),
    text("html.bpmn", "<html><body><p>Sign in</p></body></html>", "another kind of XML"),
    text("old-bpmn.bpmn", good.replacing("BPMN/20100524", with: "BPMN/20080501"), "a namespace that is not BPMN 2.0"),
    text(
      "deep.bpmn",
      model(
        String(repeating: "<subProcess>", count: 100_000) + String(repeating: "</subProcess>", count: 100_000)),
      "elements in each other, 100,000 levels"),
    text("control.bpmn", good.replacing("Pick", with: "Pick\u{1}it"), "a character that XML forbids"),
    text(
      "flow-to-nowhere.bpmn", good.replacing("targetRef=\"b\"", with: "targetRef=\"z\""), "a flow that leads nowhere"),
    text("same-id.bpmn", good.replacing("id=\"b\"", with: "id=\"a\""), "two elements of one id"),
    text("no-ids.bpmn", model("<task name=\"Pick\"/><task name=\"Pack\"/>"), "nodes without ids"),
    text(
      "unknown-node.bpmn", model("<task id=\"a\"/><robotTask id=\"r\" name=\"Weld\"/>"),
      "a node that BPMN does not know"),
    text(
      "no-process.bpmn", model("").replacing("<process id=\"p\" name=\"Order\">\n\n</process>\n", with: ""),
      "no process"),
    text("empty-process.bpmn", model(""), "a process without nodes"),
  ]
}
