import BPMN
import Testing

struct CallTests {
  private func call(_ attributes: String, inside: String = "", _ texts: [String] = []) throws -> Call {
    let caller = process("<bpmn:callActivity id=\"c\" \(attributes)>\(inside)</bpmn:callActivity>", id: "caller")
    var documents = try texts.enumerated().map { try parse($0.element, fileName: "other\($0.offset).bpmn") }
    documents.insert(try parse(caller, fileName: "caller.bpmn"), at: 0)
    return try #require(ProcessSet(documents).calls.first)
  }

  private func target(_ attributes: String, inside: String = "", _ texts: String...) throws -> Call.Target {
    try call(attributes, inside: inside, texts).target
  }

  private func reference(_ document: Int, _ process: Int = 0) -> ProcessReference {
    ProcessReference(document: document, process: Handle(process))
  }

  @Test func `an id is found in another file`() throws {
    #expect(try target("calledElement=\"x\"", process("", id: "y"), process("", id: "x")) == .process(reference(2)))
  }

  @Test func `an id with a prefix is found, its namespace decides between files`() throws {
    let one = process("", id: "x").replacing("id=\"defs\"", with: "targetNamespace=\"urn:one\"")
    let two = process("", id: "x").replacing("id=\"defs\"", with: "targetNamespace=\"urn:two\"")
    #expect(try target("calledElement=\"n:x\" xmlns:n=\"urn:two\"", one, two) == .process(reference(2)))
    #expect(try target("calledElement=\"n:x\"", one) == .process(reference(1)))
  }

  @Test func `an id that holds a colon is found as it is`() throws {
    #expect(try target("calledElement=\"a:b\"", process("", id: "b"), process("", id: "a:b")) == .process(reference(2)))
  }

  @Test func `the caller's own file goes before others of the same id`() throws {
    let own = definitions(
      "<bpmn:process id=\"p\"><bpmn:callActivity id=\"c\" calledElement=\"x\"/></bpmn:process><bpmn:process id=\"x\"/>")
    let set = ProcessSet([try parse(process("", id: "x")), try parse(own)])
    #expect(set.calls[0].target == .process(reference(1, 1)))
  }

  @Test func `two files of the same id are ambiguous, and none is chosen`() throws {
    let target = try target("calledElement=\"x\"", process("", id: "x"), process("", id: "x"))
    #expect(target == .ambiguous("x", candidates: [reference(1), reference(2)]))
  }

  @Test func `a global task is found`() throws {
    let target = try target("calledElement=\"g\"", definitions("<bpmn:globalUserTask id=\"g\"/>"))
    #expect(target == .globalTask(document: 1, task: Handle(0)))
  }

  @Test func `Zeebe's element and apex's name of a diagram are understood`() throws {
    let zeebe =
      "<bpmn:extensionElements><zeebe:calledElement processId=\"x\"/></bpmn:extensionElements>"
    #expect(try target("", inside: zeebe, process("", id: "x")) == .process(reference(1)))
    let named = process("", id: "x").replacing("name=\"Order\"", with: "name=\"Pay\"")
    #expect(try target("apex:calledDiagram=\"Pay\"", named) == .process(reference(1)))
    #expect(try target("apex:calledDiagram=\"other0\"", process("", id: "x")) == .process(reference(1)))
  }

  @Test(arguments: ["${target}", "#{target}", "=target"])
  func `an expression is only known when the process runs`(_ text: String) throws {
    #expect(try target("calledElement=\"\(text)\"", process("", id: "target")) == .expression(text))
  }

  @Test func `a case, nothing at all, and what is nowhere are named as such`() throws {
    #expect(try target("camunda:caseRef=\"k\"") == .caseReference("k"))
    #expect(try target("") == .absent)
    #expect(try target("calledElement=\"\"") == .absent)
    #expect(try target("calledElement=\"gone\"") == .unresolved("gone"))
    #expect(try target("calledElement=\"n:gone\"") == .unresolved("n:gone"))
  }

  @Test func `a process that calls itself, and a cycle over files, are named`() throws {
    #expect(try call("calledElement=\"caller\"").recursion == .itself)
    let back = process("<bpmn:callActivity id=\"d\" calledElement=\"z\"/>", id: "x")
    let further = process("<bpmn:callActivity id=\"e\" calledElement=\"caller\"/>", id: "z")
    #expect(
      try call("calledElement=\"x\"", [back, further]).recursion
        == .cycle([reference(0), reference(1), reference(2)]))
    let apart = process("<bpmn:callActivity id=\"d\" calledElement=\"x\"/>", id: "x")
    #expect(try call("calledElement=\"x\"", [apart]).recursion == .none)
  }

  @Test func `calls that go wrong are findings, the others are not`() throws {
    let file = process(
      """
      <bpmn:callActivity id="a" name="A" calledElement="gone"/>
      <bpmn:callActivity id="b" name="B" calledElement="p"/>
      <bpmn:callActivity id="c" name="C" calledElement="${later}"/>
      <bpmn:callActivity id="d" name="D"/>
      """)
    let findings = ProcessSet([try parse(file)]).findings()[0].filter { $0.rule == .callUnresolved }
    #expect(
      findings.map(\.message) == [
        "'A' calls 'gone', which is in none of the files", "'B' calls the process that it is part of",
        "'D' does not say what it calls",
      ])
  }

  @Test func `callers and calls are found from both ends`() throws {
    let caller = process("<bpmn:task id=\"t\"/><bpmn:callActivity id=\"c\" calledElement=\"x\"/>")
    let set = ProcessSet([try parse(caller), try parse(process("", id: "x"))])
    #expect(set.callers(of: reference(1)).map { set[$0.caller].id } == ["c"])
    #expect(set.call(of: NodeReference(document: 0, node: Handle(1)))?.process == reference(1))
    #expect(set.call(of: NodeReference(document: 0, node: Handle(0))) == nil)
  }
}
