import Foundation

/// Makes BPMN files that call each other: lanes, gateways, sub-processes, boundary events, and no picture of their own.
struct BPMNSet {
  /// Blocks in each file; a block has ten flow nodes.
  var blocks: Int
  var files: Int

  /// Flow nodes over all files.
  var nodeCount: Int { files * (blocks * 10 + 2) }

  /// The files by name.
  var contents: [(name: String, text: String)] {
    (1...files).map { ("process-\($0).bpmn", text(of: $0)) }
  }

  /// Writes the files; returns their paths.
  func write(to directory: String) throws -> [String] {
    try contents.map { name, text in
      let path = directory + "/" + name
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return path
    }
  }

  private func text(of file: Int) -> String {
    var writer = ProcessWriter(file: file)
    writer.node("startEvent", "start", "Order \(file) arrives")
    for block in 1...blocks { writer.block(block, calls: file < files && block == 1 ? file + 1 : nil) }
    writer.node("endEvent", "end", "Order \(file) is done")
    writer.flow(to: "end")
    return writer.document
  }
}

private struct ProcessWriter {
  private let file: Int
  private var elements = ""
  private var lanes: [[String]] = [[], [], []]
  private var last = "start"
  private var flows = 0

  init(file: Int) { self.file = file }

  mutating func node(_ element: String, _ id: String, _ name: String, _ inner: String = "", attributes: String = "") {
    elements += "    <\(element) id=\"\(id)_\(file)\" name=\"\(name)\"\(attributes)>\(inner)</\(element)>\n"
    lanes[lanes.map(\.count).reduce(0, +) % 3].append("\(id)_\(file)")
  }

  mutating func flow(from source: String? = nil, to target: String, _ name: String = "") {
    flows += 1
    let label = name.isEmpty ? "" : " name=\"\(name)\""
    elements +=
      "    <sequenceFlow id=\"flow_\(flows)_\(file)\" sourceRef=\"\(source ?? last)_\(file)\" "
      + "targetRef=\"\(target)_\(file)\"\(label)/>\n"
    if source == nil { last = target }
  }

  /// Ten flow nodes: a task, a decision with two ways, a sub-process with three nodes, and a call or a service.
  mutating func block(_ number: Int, calls called: Int?) {
    node(
      "userTask", "check_\(number)", "Check part \(number)", "<documentation>Part \(number) of \(file).</documentation>"
    )
    flow(to: "check_\(number)")
    node("exclusiveGateway", "choice_\(number)", "Part \(number) in order?")
    flow(to: "choice_\(number)")
    node("task", "accept_\(number)", "Accept part \(number)")
    node("scriptTask", "repair_\(number)", "Repair part \(number)")
    flow(from: "choice_\(number)", to: "accept_\(number)", "yes")
    flow(from: "choice_\(number)", to: "repair_\(number)", "no")
    node("exclusiveGateway", "merge_\(number)", "")
    flow(from: "accept_\(number)", to: "merge_\(number)")
    flow(from: "repair_\(number)", to: "merge_\(number)")
    last = "merge_\(number)"
    let inside = "inner_\(number)"
    node(
      "subProcess", "pack_\(number)", "Pack part \(number)",
      """
      <startEvent id="\(inside)_s_\(file)"/><manualTask id="\(inside)_t_\(file)" name="Wrap part \(number)"/>\
      <endEvent id="\(inside)_e_\(file)"/>\
      <sequenceFlow id="\(inside)_1_\(file)" sourceRef="\(inside)_s_\(file)" targetRef="\(inside)_t_\(file)"/>\
      <sequenceFlow id="\(inside)_2_\(file)" sourceRef="\(inside)_t_\(file)" targetRef="\(inside)_e_\(file)"/>
      """)
    flow(to: "pack_\(number)")
    if let called {
      node("callActivity", "send_\(number)", "Have it done", attributes: " calledElement=\"Process_\(called)\"")
    } else {
      node("serviceTask", "send_\(number)", "Report part \(number)")
    }
    flow(to: "send_\(number)")
  }

  var document: String {
    let laneText = lanes.enumerated().map { index, nodes in
      let references = nodes.map { "<flowNodeRef>\($0)</flowNodeRef>" }.joined()
      return "      <lane id=\"lane_\(index)_\(file)\" name=\"Team \(index + 1)\">\(references)</lane>\n"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test" id="definitions_\(file)">
        <process id="Process_\(file)" name="Process \(file)" isExecutable="false">
          <laneSet id="lanes_\(file)">
      \(laneText.joined())    </laneSet>
      \(elements)  </process>
      </definitions>

      """
  }
}
