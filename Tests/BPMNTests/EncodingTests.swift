import BPMN
import Testing

struct EncodingTests {
  private func model(_ name: String) -> String {
    process(
      """
      <bpmn:startEvent id="Start-ü" name="\(name)"/>
      <!-- ü < not a tag -->
      <bpmn:task id="t"
        name="a &#10; b">
        <bpmn:documentation>Prüfen &amp; buchen</bpmn:documentation>
      </bpmn:task>
      \(flows("Start-ü>t"))
      """)
  }

  @Test(arguments: TextEncoding.allCases)
  func `the same file in another encoding is the same model, lines included`(_ encoding: TextEncoding) throws {
    let text = model(encoding == .windows1252 ? "Groß 5 €" : "Groß 5 ¥")
    let plain = try parse(text)
    let declared = text.replacing("encoding=\"UTF-8\"", with: "encoding=\"\(encoding.declaration)\"")
    let other = try Document(parsing: encoding.bytes(declared), fileName: "a.bpmn")
    #expect(other == plain)
    #expect(other.nodes.map(\.line) == [4, 6])
    #expect(other.nodes[0].id == "Start-ü")
  }

  @Test func `no declaration means UTF-8`() throws {
    let text = model("Größe")
    let bare = text.replacing("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", with: "\n")
    #expect(try parse(bare) == parse(text))
  }

  @Test func `a byte order mark wins over a wrong declaration`() throws {
    let text = model("x").replacing("encoding=\"UTF-8\"", with: "encoding=\"ISO-8859-1\"")
    let document = try Document(parsing: TextEncoding.utf16LittleEndian.bytes(text), fileName: "a.bpmn")
    #expect(document.nodes[0].id == "Start-ü")
  }

  @Test func `the mark of UTF-8 wins over a wrong declaration`() throws {
    let text = model("Groß").replacing("encoding=\"UTF-8\"", with: "encoding=\"ISO-8859-1\"")
    let document = try Document(parsing: TextEncoding.utf8WithMark.bytes(text), fileName: "a.bpmn")
    #expect(document.nodes[0].name == "Groß")
  }

  @Test func `an encoding with states is read, and one that keeps its last character back`() throws {
    // ISO-2022-JP: ESC $ B, two bytes for each of the signs, ESC ( B.
    let japanese = try inEncoding("ISO-2022-JP", name: [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x4B, 0x5C, 0x1B, 0x28, 0x42])
    #expect(japanese.nodes[0].name == "日本")
    // BIG5-HKSCS: 8866 is Ê, unless a mark follows that makes another letter of it.
    let chinese = try inEncoding("BIG5-HKSCS", name: [0x88, 0x66])
    #expect(chinese.nodes[0].name == "Ê")
  }

  private func inEncoding(_ encoding: String, name: [UInt8]) throws -> Document {
    let text = process("<bpmn:task id=\"t\" name=\"?\"/>").replacing("UTF-8", with: encoding)
    let place = try #require(text.firstRange(of: "\"?\""))
    let before = Array(text[..<place.lowerBound].utf8) + [UInt8(ascii: "\"")]
    let after = [UInt8(ascii: "\"")] + Array(text[place.upperBound...].utf8)
    return try Document(parsing: before + name + after, fileName: "a.bpmn")
  }

  @Test func `half a surrogate pair and an odd number of bytes are refused`() throws {
    let bytes = TextEncoding.utf16BigEndian.bytes(model("x"))
    #expect(refusal(of: Array(bytes.dropLast()))?.line == 1)
    let half = bytes.prefix(40) + [0xD8, 0x00] + bytes.dropFirst(40)
    #expect(refusal(of: Array(half))?.problem == "the file begins as UTF-16 or UTF-32 but is not valid text of it")
  }

  @Test(arguments: ["bpmn", "bpmn2", "semantic", "x", "ns0.a-b"])
  func `any prefix gives the same model`(_ prefix: String) throws {
    let text = model("x")
    let other = text.replacing("bpmn:", with: prefix + ":").replacing("xmlns:bpmn=", with: "xmlns:\(prefix)=")
    #expect(try parse(other).nodes == parse(text).nodes)
  }

  @Test func `a default namespace gives the same model`() throws {
    let text = model("x")
    let other = text.replacing("<bpmn:", with: "<").replacing("</bpmn:", with: "</")
      .replacing("xmlns:bpmn=", with: "xmlns=")
    #expect(try parse(other).nodes == parse(text).nodes)
  }

  @Test func `a prefix declared inside is in force there only, and can be changed`() throws {
    let document = try parse(
      """
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
        <process id="p" xmlns:v="urn:one">
          <task id="a" v:key="1"/>
          <q:task id="b" v:key="2" xmlns:q="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:v="urn:two"/>
          <task id="c" v:key="3"/>
        </process>
      </definitions>
      """)
    #expect(document.nodes.map(\.id) == ["a", "b", "c"])
    #expect(document.nodes.map { $0.vendorAttributes.map(\.namespace) } == [["urn:one"], ["urn:two"], ["urn:one"]])
    #expect(document.warnings.isEmpty)
  }

  @Test func `a usual prefix that is not declared is read with one warning`() throws {
    let text = process("<bpmn:task id=\"a\"/><bpmn:task id=\"b\"/>")
    let other = text.replacing("xmlns:bpmn=\"http", with: "xmlns:y=\"http").replacing("<bpmn:def", with: "<y:def")
      .replacing("</bpmn:def", with: "</y:def")
    let document = try parse(other)
    #expect(document.nodes.map(\.id) == ["a", "b"])
    #expect(document.warnings.map(\.code) == [.undeclaredPrefix])
  }

  @Test func `a vendor's prefix that is not declared is kept as an extension with a warning`() throws {
    let document = try parse(process("<bpmn:task id=\"a\" acme:key=\"1\"><acme:b/></bpmn:task>"))
    #expect(document.nodes[0].vendorAttribute("acme", "key") == "1")
    #expect(document.nodes[0].extensions.map(\.name) == ["b"])
    #expect(document.warnings.map(\.code) == [.undeclaredPrefix])
    #expect(document.warnings.map(\.line) == [4])
  }

  @Test func `a namespace with a space is tolerated with a warning`() throws {
    let text = process("<bpmn:task id=\"a\"/>").replacing("id=\"defs\"", with: "xmlns:z=\"urn a b\"")
    #expect(try parse(text).warnings.map(\.code) == [.oddNamespace])
  }
}
