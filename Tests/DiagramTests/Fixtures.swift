import BPMN
import Foundation

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

/// The public models that are kept beside the repository; empty (and said so) where they are not there.
enum Corpus {
  static let files: [String] = {
    let environment = ProcessInfo.processInfo.environment
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let root =
      environment["GENBROKER_CORPUS"].map { URL(fileURLWithPath: $0) }
      ?? package.deletingLastPathComponent().appendingPathComponent("shared/corpus/bpmn")
    guard let walk = FileManager.default.enumerator(atPath: root.path) else { return skipped(root.path) }
    let names = walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".bpmn") || $0.hasSuffix(".bpmn20.xml") }
    return names.isEmpty ? skipped(root.path) : names.sorted().map { root.appendingPathComponent($0).path }
  }()

  private static func skipped(_ path: String) -> [String] {
    print("skipped: the tests on public models, since there are none in \(path)")
    return []
  }

  /// The model in a file; nil for those that are rightly refused.
  static func document(_ path: String) -> Document? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try? Document(parsing: Array(data), fileName: path)
  }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
