import JSON
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_images

/// Which tasks the files of a job become.
struct PlanTests {
  private let order = Array(Models.order.utf8)

  @Test func `each diagram and each node is a task, with both formats as its outputs`() throws {
    let host = try FakeHost.pictures(of: [("sub/Order 1.bpmn", order)])
    let keys = host.spawned.map(\.key)
    let folder = try #require(keys.first).split(separator: "/").dropLast().joined(separator: "/")
    #expect(folder.hasPrefix("images/Order-1-"))
    #expect(keys == ["\(folder)/diagram-1", "\(folder)/nodes/s", "\(folder)/nodes/t", "\(folder)/nodes/e"])
    #expect(host.spawned.allSatisfy { $0.outputs == ["\($0.key).svg", "\($0.key).png"] })
    #expect(
      host.spawned.map(\.title) == ["As it is", "Start event before ‘Check’", "Check", "End event after ‘Check’"])
    #expect(Set(host.results.keys) == Set(host.spawned.flatMap(\.outputs)))
  }

  @Test func `everything lies below images, also what a file calls its elements`() throws {
    let model = Models.file(
      "<process id=\"../x\"><task id=\"../../etc/passwd\"/><task id=\"con\"/><task id=\"A\"/><task id=\"a\"/></process>"
    )
    let host = try FakeHost.pictures(of: [("index.bpmn", model), ("INDEX.bpmn2", model), ("a/index.xml", model)])
    let paths = host.results.keys
    #expect(paths.count == 2 * 3 * 5)
    #expect(paths.allSatisfy { $0.hasPrefix("images/") && !$0.contains("..") })
    #expect(Set(paths.map { $0.lowercased() }).count == paths.count, "no two differ only in the case of letters")
    #expect(host.spawned.allSatisfy { $0.key.hasPrefix("images/") })
  }

  @Test func `the inside of a sub-process and a process that no diagram shows have pictures, too`() throws {
    let other = "<process id=\"q\" name=\"Other\"><subProcess id=\"sub\"><task id=\"in\"/></subProcess></process>"
    let model = Models.order.replacing("<bpmndi:BPMNDiagram", with: other + "<bpmndi:BPMNDiagram")
    let host = try FakeHost.pictures(of: [("m.bpmn", Array(model.utf8))])
    #expect(
      host.spawned.map(\.key).filter { !$0.contains("/nodes/") } == [
        "images/m/diagram-1", "images/m/processes/q", "images/m/inside/sub",
      ])
  }

  @Test func `a task changes when its picture does, and no other`() throws {
    let before = try FakeHost.pictures(of: [("m.bpmn", order)]).spawned
    let changed = Models.order.replacing("name=\"Check\"", with: "name=\"Check twice\"")
      .replacing("<sequenceFlow id=\"f2\" sourceRef=\"t\" targetRef=\"e\"/>", with: "")
      .replacing("<bpmndi:BPMNEdge id=\"e2\" bpmnElement=\"f2\"><di:waypoint x=\"180\" y=\"40\"/>", with: "<!--")
      .replacing("<di:waypoint x=\"224\" y=\"40\"/></bpmndi:BPMNEdge>", with: "-->")
    let cut = try FakeHost.pictures(of: [("m.bpmn", Array(changed.utf8))]).spawned
    #expect(before.map(\.key) == cut.map(\.key))
    let renamed = try FakeHost.pictures(
      of: [("m.bpmn", Array(Models.order.replacing("id=\"d\" name", with: "id=\"d2\" name").utf8))]
    ).spawned
    #expect(before.map(\.payload) == renamed.map(\.payload), "the id of a diagram is on no picture")
    #expect(zip(before, cut).allSatisfy { $0.payload != $1.payload })
    #expect(before.allSatisfy { $0.reuseBy == .payload })
  }

  @Test func `options choose style, size, formats and whether nodes have pictures`() throws {
    let options = #"{"style": "sketch", "scale": 1, "formats": "svg", "close_ups": false}"#
    let host = try FakeHost.pictures(of: [("m.bpmn", order)], options: options)
    #expect(host.results.keys.sorted() == ["images/m/diagram-1.svg"])
    let clean = try FakeHost.pictures(of: [("m.bpmn", order)])
    #expect(host.text("images/m/diagram-1.svg") != clean.text("images/m/diagram-1.svg"))
  }

  @Test(arguments: [
    (#"{"stile": "sketch"}"#, "option has a member 'stile' that nobody knows.\nDid you mean 'style'?"),
    (#"{"style": "blue"}"#, "option.style: 'blue' is none of its words.\nGive clean, sketch."),
    (#"{"scale": 9}"#, "option.scale: 9 is no number from 0.1 to 8.\nGive one that is."),
    (#"{"formats": "svg,gif"}"#, "option.formats: 'svg,gif' is no list of formats.\nGive svg, png or svg,png."),
    (#"{"close_ups": "no"}"#, "option.close_ups: it is neither true nor false.\nGive true or false."),
  ])
  func `an option that cannot be used is refused before anything is begun`(_ options: String, _ message: String) throws
  {
    let host = FakeHost([("m.bpmn", order)])
    var generator = ImagesGenerator()
    let failure = #expect(throws: PluginFailure.self) { try host.plan(&generator, options: try JSONText(options)) }
    #expect(failure?.errorClass == "bad_input")
    #expect(failure?.message == message)
    #expect(host.spawned.isEmpty)
  }

  @Test func `a picture of too many pixels is refused in the plan, with the scale that would do`() throws {
    let wide = Models.order.replacing("x=\"224\"", with: "x=\"30000\"")
    let host = FakeHost([("m.bpmn", Array(wide.utf8))])
    var generator = ImagesGenerator()
    let failure = #expect(throws: PluginFailure.self) {
      try host.plan(&generator, options: try JSONText(#"{"scale": 2}"#))
    }
    let lines = (failure?.message ?? "").split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("m.bpmn: images/m/diagram-1.png would have 60") == true)
    #expect(lines.last?.contains("at most 0.66") == true)
    #expect(host.spawned.isEmpty)
    let free = try FakeHost.pictures(of: [("m.bpmn", Array(wide.utf8))])
    #expect(free.meta("images/m/diagram-1.png")?["width"]?.int.map { (19_000...20_000).contains($0) } == true)
  }

  @Test func `where no scale that may be asked for would do, none is named`() throws {
    let vast = Models.order.replacing("x=\"224\"", with: "x=\"900000\"")
    let host = FakeHost([("m.bpmn", Array(vast.utf8))])
    var generator = ImagesGenerator()
    let failure = #expect(throws: PluginFailure.self) {
      try host.plan(&generator, options: try JSONText(#"{"scale": 2}"#))
    }
    #expect(failure?.message.split(separator: "\n").last == "Submit with --option formats=svg.")
  }

  @Test func `a bad file refuses the job, a file of another kind and one without nodes are named in the log`() throws {
    let host = FakeHost([("a.bpmn", Array("<x/>".utf8)), ("m.bpmn", order)])
    var generator = ImagesGenerator()
    let failure = #expect(throws: PluginFailure.self) { try host.plan(&generator) }
    #expect(failure?.message.hasPrefix("a.bpmn:1:1: this is not BPMN 2.0") == true)
    #expect(host.spawned.isEmpty)
    let other = try FakeHost.pictures(of: [("n.txt", [65]), ("e.bpmn", Models.file("<process id=\"p\"/>"))])
    #expect(other.spawned.isEmpty)
    #expect(
      other.logged == [
        "n.txt is no BPMN file by its name and is not read", "e.bpmn holds nothing that could be drawn",
      ])
  }
}
