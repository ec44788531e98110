import Digest
import JSON
import PluginKit
import PluginSupport
import Raster
import TestSupport
import Testing

@testable import genplugin_images

/// Small process files, and what is done with them.
enum Models {
  /// Two tasks and a gateway, with places of their own.
  static let order = """
    <?xml version="1.0" encoding="UTF-8"?>
    <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
      xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">
    <process id="p" name="Order"><startEvent id="s"/><userTask id="t" name="Check"/><endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="e"/></process>
    <bpmndi:BPMNDiagram id="d" name="As it is"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
    <bpmndi:BPMNShape id="s1" bpmnElement="s"><dc:Bounds x="0" y="22" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="t"><dc:Bounds x="80" y="0" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s3" bpmnElement="e"><dc:Bounds x="224" y="22" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="f1"><di:waypoint x="36" y="40"/><di:waypoint x="80" y="40"/></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e2" bpmnElement="f2"><di:waypoint x="180" y="40"/><di:waypoint x="224" y="40"/></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>
    """

  /// A file without places around the given elements.
  static func file(_ elements: String) -> [UInt8] {
    Array(
      "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">\(elements)</definitions>".utf8)
  }
}

extension FakeHost {
  /// All pictures of some files, each task by a new process when that is wanted.
  static func pictures(
    of files: [(name: String, bytes: [UInt8])], options: String = "{}", inFreshProcesses: Bool = false
  ) throws -> FakeHost {
    let host = FakeHost(files)
    var generator = ImagesGenerator()
    try host.plan(&generator, options: try JSONText(options))
    for task in host.spawned {
      if inFreshProcesses { generator = ImagesGenerator() }
      try host.run(task, &generator)
    }
    return host
  }

  /// One picture of a recipe.
  func figure(_ op: String, _ payload: String, outputs: [String] = ["x.svg"], title: String? = nil) throws -> String {
    var generator = ImagesGenerator()
    let task = NewTask(key: "k", op: op, title: title, payload: try JSONText(payload), outputs: outputs)
    try run(task, &generator)
    return text(outputs[0])
  }

  /// What is wrong with a payload, in the words of the plugin.
  func complaint(_ op: String, _ payload: String) -> String {
    do {
      _ = try figure(op, payload)
      return "nothing"
    } catch {
      guard let failure = error as? PluginFailure, !failure.retryable else { return "\(error)" }
      return failure.message
    }
  }

  func meta(_ path: String) -> JSONValue? { results[path]?.meta?.raw.value }
}

/// Small PNGs and JPEGs.
enum Images {
  /// A PNG whose left half has one colour and whose right half has another.
  static func png(_ left: String = "#cc2200", _ right: String = "#ffffff", width: Int = 40, height: Int = 20) throws
    -> [UInt8]
  {
    let svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="2" height="1" viewBox="0 0 2 1" preserveAspectRatio="none">\
      <rect width="1" height="1" fill="\(left)"/><rect x="1" width="1" height="1" fill="\(right)"/></svg>
      """
    return try Rasterizer.png(svg: Array(svg.utf8), size: PixelSize(width: width, height: height))
  }
}
