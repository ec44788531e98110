import BPMN
import Foundation
import Testing

/// A document around the inside of a `definitions` element; prefixes `bpmn`, `bpmndi`, `dc`, `di`, `zeebe`, `camunda`.
func definitions(_ inside: String) -> String {
  """
  <?xml version="1.0" encoding="UTF-8"?>
  <bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" \
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:apex="https://flowsforapex.org" \
  xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" \
  xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" id="defs">
  \(inside)
  </bpmn:definitions>
  """
}

/// One process with the elements given.
func process(_ inside: String, id: String = "p") -> String {
  definitions("<bpmn:process id=\"\(id)\" name=\"Order\">\n\(inside)\n</bpmn:process>")
}

/// Sequence flows between the ids, written `"a>b c>d"`; the flow from a to b has the id `a-b`.
func flows(_ pairs: String) -> String {
  pairs.split(separator: " ").map { pair in
    let ends = pair.split(separator: ">")
    return "<bpmn:sequenceFlow id=\"\(ends[0])-\(ends[1])\" sourceRef=\"\(ends[0])\" targetRef=\"\(ends[1])\"/>"
  }.joined(separator: "\n")
}

func parse(_ text: String, fileName: String = "a.bpmn") throws -> Document {
  try Document(parsing: Array(text.utf8), fileName: fileName)
}

/// The error that the bytes get; records an issue when they are read.
func refusal(of bytes: [UInt8], fileName: String = "bad.bpmn") -> ParseError? {
  do throws(ParseError) {
    _ = try Document(parsing: bytes, fileName: fileName)
    Issue.record("the file was read, but should be refused")
    return nil
  } catch {
    return error
  }
}

func refusal(of text: String) -> ParseError? { refusal(of: Array(text.utf8)) }

/// The place of the public corpus; nil (and said so) where there is none.
let corpusFolder: URL? = {
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let folder =
    ProcessInfo.processInfo.environment["GENBROKER_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? package.appendingPathComponent("../shared/corpus/bpmn")
  guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("expected.json").path) else {
    print("skipped: the BPMN corpus is not at \(folder.path); set GENBROKER_CORPUS to its folder")
    return nil
  }
  return folder
}()

/// The package's own samples.
func sample(_ path: String) throws -> [UInt8] {
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return Array(try Data(contentsOf: package.appendingPathComponent(path)))
}
