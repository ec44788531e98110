import JSON
import Testing
import Varlink

struct EnvelopeTests {
  private func call(_ text: String) throws -> Call { try Call(decoding: Array(text.utf8)) }
  private func reply(_ text: String) throws -> Reply { try Reply(decoding: Array(text.utf8)) }

  @Test(arguments: [
    #"{"method":"a.b.C"}"#, #"{"method":"a.b.C","parameters":null}"#, #"{"method":"a.b.C","parameters":{}}"#,
    #" { "parameters" : { } , "method" : "a.b.C" } "#, #"{"method":"a.b.C","more":false,"oneway":false}"#,
    #"{"method":"a.b.C","org.vendor":{"x":1},"com.other.thing":{}}"#,
  ])
  func `absent, null and empty parameters and false flags mean the same`(text: String) throws {
    let call = try call(text)
    #expect(call.method == "a.b.C")
    #expect(call.parameters.members?.isEmpty == true)
    #expect(call.mode == .single)
    #expect(call.interface == "a.b")
    #expect(call.member == "C")
  }

  @Test(arguments: [("oneway", CallMode.oneway), ("more", .more), ("upgrade", .upgrade)])
  func `a flag that is true says how to answer`(flag: String, mode: CallMode) throws {
    #expect(try call(#"{"method":"a.b.C","\#(flag)":true}"#).mode == mode)
  }

  @Test(arguments: [
    ("", ProtocolViolation.Code.notJSON), ("{", .notJSON), ("{} {}", .notJSON), ("\u{FF}", .notJSON),
    (#"{"method":"a.b.C","method":"a.b.C"}"#, .notJSON), (#"{"method":"\ud800"}"#, .notJSON),
    ("[]", .notAnObject), ("\"a\"", .notAnObject), ("null", .notAnObject), ("{}", .noMethod),
    (#"{"method":1}"#, .noMethod), (#"{"method":null}"#, .noMethod),
    (#"{"method":"a.b.C","parameters":[]}"#, .invalidMember), (#"{"method":"a.b.C","parameters":1}"#, .invalidMember),
    (#"{"method":"a.b.C","more":1}"#, .invalidMember), (#"{"method":"a.b.C","oneway":"true"}"#, .invalidMember),
    (#"{"method":"a.b.C","upgrade":null}"#, .invalidMember), (#"{"method":"a.b.C","id":1}"#, .invalidMember),
    (#"{"method":"a.b.C","continues":true}"#, .invalidMember), (#"{"method":"a.b.C","":{}}"#, .invalidMember),
    (#"{"method":"a.b.C","org.vendor":1}"#, .invalidMember), (#"{"method":"a.b.C",".x":{}}"#, .invalidMember),
    (#"{"method":"a.b.C","more":true,"oneway":true}"#, .severalFlags),
    (#"{"method":"a.b.C","more":true,"upgrade":true}"#, .severalFlags),
  ])
  func `a call that must close the connection does`(text: String, code: ProtocolViolation.Code) {
    let error = #expect(throws: ProtocolViolation.self) { try call(text) }
    #expect(error?.code == code)
  }

  @Test func `a call that nests too deeply closes the connection`() {
    let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
    let error = #expect(throws: ProtocolViolation.self) { try call(#"{"method":"a.b.C","parameters":{"a":\#(deep)}}"#) }
    #expect(error?.code == .notJSON)
  }

  @Test func `a method without a dot belongs to no interface`() throws {
    let call = try call(#"{"method":"Foo"}"#)
    #expect(call.interface == "")
    #expect(call.member == "Foo")
  }

  @Test func `calls are written without what need not be said`() {
    #expect(Call.encoded(method: "a.b.C") { _ in } == Array("{\"method\":\"a.b.C\"}\u{0}".utf8))
    let bytes = Call.encoded(method: "a.b.C", mode: .more) { writer in
      writer.key("x")
      writer.int(1)
    }
    #expect(bytes == Array("{\"method\":\"a.b.C\",\"more\":true,\"parameters\":{\"x\":1}}\u{0}".utf8))
  }

  @Test func `replies are written without what need not be said`() {
    #expect(Reply.encoded { _ in } == Array("{}\u{0}".utf8))
    #expect(Reply.encoded(continues: true) { _ in } == Array("{\"continues\":true}\u{0}".utf8))
    #expect(Reply.encoded(error: "a.b.E") { _ in } == Array("{\"error\":\"a.b.E\"}\u{0}".utf8))
  }

  @Test func `replies are read`() throws {
    #expect(try reply("{}").continues == false)
    #expect(try reply(#"{"parameters":{"x":1},"continues":true}"#).parameters["x"]?.int == 1)
    #expect(try reply(#"{"parameters":{"x":1},"continues":true}"#).continues)
    #expect(try reply(#"{"error":"a.b.E","parameters":null,"org.vendor":{}}"#).error == "a.b.E")
  }

  @Test(arguments: [
    ("[]", ProtocolViolation.Code.notAnObject), (#"{"error":1}"#, .invalidMember), (#"{"error":null}"#, .invalidMember),
    (#"{"continues":1}"#, .invalidMember), (#"{"parameters":[]}"#, .invalidMember),
    (#"{"method":"a"}"#, .invalidMember),
    (#"{"error":"a.b.E","continues":true}"#, .unexpectedContinues), ("{", .notJSON),
  ])
  func `a reply that must close the connection does`(text: String, code: ProtocolViolation.Code) {
    let error = #expect(throws: ProtocolViolation.self) { try reply(text) }
    #expect(error?.code == code)
  }
}
