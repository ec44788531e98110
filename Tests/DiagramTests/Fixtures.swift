import BPMN
import Foundation
import TestSupport

/// A model file around the given elements.
func document(_ elements: String, di: String = "") throws -> Document {
  let text = """
    <?xml version="1.0" encoding="UTF-8"?>
    <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs" targetNamespace="http://example.org"
      xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
      xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0">
    \(elements)
    \(di)
    </definitions>
    """
  return try Document(parsing: Array(text.utf8), fileName: "fixture.bpmn")
}

/// A plane of the given shapes and edges.
func plane(of element: String, _ parts: String) -> String {
  "<bpmndi:BPMNDiagram id=\"d\"><bpmndi:BPMNPlane id=\"p\" bpmnElement=\"\(element)\">\(parts)</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
}

func shape(_ element: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ extra: String = "")
  -> String
{
  """
  <bpmndi:BPMNShape id="\(element)_di" bpmnElement="\(element)" \(extra)><dc:Bounds x="\(x)" y="\(y)" \
  width="\(width)" height="\(height)"/></bpmndi:BPMNShape>
  """
}

func edge(_ element: String, _ points: [(Double, Double)]) -> String {
  let waypoints = points.map { "<di:waypoint x=\"\($0.0)\" y=\"\($0.1)\"/>" }.joined()
  return "<bpmndi:BPMNEdge id=\"\(element)_di\" bpmnElement=\"\(element)\">\(waypoints)</bpmndi:BPMNEdge>"
}

/// The public models that are kept beside the repository; see `PublicModels`.
enum Corpus {
  static let files = PublicModels.files

  /// The model in a file; nil for those that are rightly refused.
  static func document(_ path: String) -> Document? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try? Document(parsing: Array(data), fileName: path)
  }
}
