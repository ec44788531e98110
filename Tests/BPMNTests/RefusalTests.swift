import BPMN
import Testing

/// Files that are not one well-formed BPMN document: each gets one error with its place and a remedy.
struct RefusalTests {
  private let wrongEncoding = "the bytes are not text of the encoding that the file declares"
  private let unknownEncoding = "the declared encoding is not known"
  private let good = process("<bpmn:startEvent id=\"s\"/>\n<bpmn:endEvent id=\"e\"/>\n" + flows("s>e"))

  @Test func `an empty file is refused`() throws {
    let nothing = "the file holds nothing but white space or zero bytes"
    for (bytes, problem) in [
      ([], "the file is empty"), (Array(" \n\t".utf8), nothing), ([UInt8](repeating: 0, count: 512), nothing),
    ] {
      let error = try #require(refusal(of: bytes))
      #expect(error.problem == problem)
      #expect(error.line == nil)
      #expect(error.description.hasPrefix("bad.bpmn: \(problem). "))
    }
  }

  @Test func `a file cut off anywhere before its last tag is refused, with a line inside it`() throws {
    let bytes = Array(good.utf8)
    let last = try #require(good.utf8.lastIndex(of: UInt8(ascii: "<"))).utf16Offset(in: good)
    let lines = good.split(separator: "\n").count
    for length in stride(from: 1, through: last, by: 7) {
      let error = try #require(refusal(of: Array(bytes[..<length])), "\(length) bytes")
      if let line = error.line { #expect((1...lines).contains(line), "\(length) bytes: \(error)") }
    }
  }

  @Test func `a truncated file is refused with the element that is open and its line`() throws {
    let open = process("<bpmn:task id=\"t\">").replacing("</bpmn:process>", with: "")
    let error = try #require(refusal(of: open.replacing("</bpmn:definitions>", with: "")))
    #expect(error.problem == "the file ends while <task> is still open")
    #expect(try #require(error.line) >= 4)
  }

  @Test(arguments: ["<more/>", "text", "&amp;", "</bpmn:definitions>"])
  func `junk behind the root is refused`(_ junk: String) throws {
    let error = try #require(refusal(of: good + "\n" + junk))
    #expect(error.line == good.split(separator: "\n", omittingEmptySubsequences: false).count + 1, "\(error)")
  }

  @Test(arguments: ["order, 1, 2", "{\"id\": 1}", "PK\u{3}\u{4}zip", "\u{0}\u{0}\u{0}\u{0}"])
  func `a file that is no XML at all is refused`(_ text: String) throws {
    let error = try #require(refusal(of: text))
    #expect(!error.remedy.isEmpty)
  }

  @Test func `an undefined entity is refused with its line`() throws {
    let error = try #require(refusal(of: process("<bpmn:task id=\"t\" name=\"a&nbsp;b\"/>")))
    #expect(error.problem == "an entity is used that XML does not know")
    #expect(error.line == 4)
  }

  @Test func `a mismatched tag is refused with its line`() throws {
    let error = try #require(refusal(of: process("<bpmn:task id=\"t\">\n</bpmn:userTask>")))
    #expect(error.line == 5)
  }

  @Test func `bytes that are not of the declared encoding are refused with their line`() throws {
    let parts = process("<bpmn:task id=\"t\" name=\"X\"/>").utf8.split(separator: UInt8(ascii: "X"), maxSplits: 1)
    let error = try #require(refusal(of: Array(parts[0]) + [0xFC, 0xFF] + Array(parts[1])))
    #expect(error.problem == wrongEncoding)
    #expect(error.line == 4)
  }

  @Test func `an encoding that nobody knows is refused`() throws {
    let error = try #require(refusal(of: good.replacing("UTF-8", with: "KLINGON-8")))
    #expect(error.problem == unknownEncoding)
  }

  @Test func `UTF-8 that says it is UTF-16 is refused`() throws {
    _ = try #require(refusal(of: good.replacing("UTF-8", with: "UTF-16")))
  }

  @Test(arguments: ["UTF.8", "EUC-JP", "ISO-2022-KR", "UTF-16", "IBM037", "US-ASCII"])
  func `bytes that are not of the declared encoding are refused whatever it is, without a crash`(
    _ name: String
  ) throws {
    // Long enough for the XML parser to have got several pieces.
    let long = process("<bpmn:task id=\"t\" name=\"\(String(repeating: "long ", count: 1000))X\"/>")
    let parts = long.replacing("UTF-8", with: name).utf8.split(separator: UInt8(ascii: "X"), maxSplits: 1)
    for bad: [UInt8] in [[0x8C, 0x22, 0xC5, 0xC8, 0x2F], [0xFF], [0]] {
      for place in [150, parts[0].count] {
        let start = Array(parts[0])
        let error = refusal(of: start[..<place] + bad + start[place...] + Array(parts[1]))
        #expect((error?.line ?? 0) >= 1, "\(name) \(bad) at \(place)")
      }
    }
    let error = try #require(refusal(of: Array(parts[0]) + [0xFF] + Array(parts[1])))
    // Libraries take "UTF.8" for UTF-8; it is nobody's name.
    let isKnown = name != "UTF.8"
    #expect(error.problem == (isKnown ? wrongEncoding : unknownEncoding))
  }

  @Test(arguments: ["UTF-8//IGNORE", "UTF-8//TRANSLIT", "", "latin 1", "ISO-8859-1\u{A0}"])
  func `an encoding that is not a name is not known, though the C library would take it`(_ name: String) throws {
    let error = try #require(refusal(of: good.replacing("UTF-8", with: name)))
    #expect(error.problem == unknownEncoding)
  }

  @Test(arguments: ["UTF-7", "utf-7", "UNICODE-1-1-UTF-7", "csUTF7"])
  func `UTF-7, which can hide markup, is refused`(_ name: String) throws {
    let error = try #require(refusal(of: good.replacing("UTF-8", with: name)))
    #expect(error.problem.contains("UTF-7") || error.problem.contains("encoding"))
  }

  @Test(arguments: [
    "<process xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>", "<definitions/>",
    "<definitions xmlns=\"http://www.omg.org/spec/DMN/20180521/MODEL/\"/>", "<html><body/></html>",
  ])
  func `XML that is not BPMN is refused with what its root is`(_ text: String) throws {
    let error = try #require(refusal(of: text))
    #expect(error.problem.hasPrefix("this is not BPMN 2.0: the root element is <"))
    #expect(error.line == 1)
  }
}

/// Attacks.
struct AttackTests {
  private let root = "<d:definitions xmlns:d=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"

  private var attacks: [String] {
    let laughs = (1...9).map { level in
      "<!ENTITY l\(level) \"" + String(repeating: "&l\(level - 1);", count: 10) + "\">"
    }
    return [
      "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\n\(root)&x;</d:definitions>",
      "<!DOCTYPE d SYSTEM \"http://127.0.0.1:1/x.dtd\">\(root)</d:definitions>",
      "<!DOCTYPE d [<!ENTITY l0 \"ha\">\(laughs.joined())]>\(root)&l9;</d:definitions>",
      "<!DOCTYPE d [<!ENTITY x \"harmless\">]>\(root)&x;</d:definitions>",
      "<!-- <a> -->\n<?pi ?>\n<!DOCTYPE d>\(root)</d:definitions>",
    ]
  }

  @Test func `a document type is refused whatever it declares, with its line`() throws {
    for attack in attacks {
      let error = try #require(refusal(of: attack))
      #expect(error.problem.contains("<!DOCTYPE"))
      #expect(error.line == (attack.hasPrefix("<!--") ? 3 : 1))
    }
  }

  @Test func `a document type is refused in UTF-16 and UTF-32 too, with and without byte order mark`() throws {
    for attack in attacks {
      for encoding in TextEncoding.wide {
        let declared = "<?xml version=\"1.0\"?>\n" + attack
        let error = try #require(refusal(of: encoding.bytes(declared)), "\(encoding)")
        #expect(error.problem.contains("<!DOCTYPE"), "\(encoding): \(error)")
      }
    }
  }

  @Test func `a document type in a comment or in CDATA is text`() throws {
    let documentation = "<bpmn:documentation><![CDATA[<!DOCTYPE y>]]></bpmn:documentation>"
    let document = try parse(process("<!-- <!DOCTYPE x> --><bpmn:task id=\"t\">\(documentation)</bpmn:task>"))
    #expect(document.nodes[0].documentation.map(\.text) == ["<!DOCTYPE y>"])
  }

  @Test(arguments: ["bpmn:subProcess", "zeebe:x", "bpmn:laneSet"])
  func `a file 100,000 levels deep is refused, without a crash`(_ tag: String) throws {
    let open = String(repeating: "<\(tag)>", count: 100_000)
    let close = String(repeating: "</\(tag)>", count: 100_000)
    let error = try #require(refusal(of: process(open + close)))
    #expect(error.problem == "elements are nested deeper than 256 levels")
    #expect(error.line == 4)
  }

  @Test func `250 levels of sub-processes are read`() throws {
    let open = (0..<250).map { "<bpmn:subProcess id=\"s\($0)\">" }.joined()
    let document = try parse(process(open + String(repeating: "</bpmn:subProcess>", count: 250)))
    #expect(document.nodes.last?.depth == 249)
    #expect(document.ancestors(of: document.nodes[249].handle).count == 249)
  }

  @Test func `more elements than the limit are refused`() throws {
    let error = try #require(refusal(of: process(String(repeating: "<a/>", count: 250_001))))
    #expect(error.problem == "the file has more than 250000 elements")
  }

  @Test func `a file above the size limit is refused without being parsed`() throws {
    let error = try #require(refusal(of: [UInt8](repeating: UInt8(ascii: "x"), count: 64 * 1024 * 1024 + 1)))
    #expect(error.problem.contains("the limit is 67108864"))
  }

  @Test func `an attribute of 9 MB is read, one above libxml2's 10 MB is refused`() throws {
    let huge = String(repeating: "a", count: 9_000_000)
    #expect(try parse(process("<bpmn:task id=\"t\" name=\"\(huge)\"/>")).nodes[0].name?.utf8.count == 9_000_000)
    _ = try #require(refusal(of: process("<bpmn:task id=\"t\" name=\"\(huge)\(huge)\"/>")))
  }

  @Test func `a thousand warnings are listed, the rest is counted`() throws {
    let document = try parse(process((0..<3_000).map { _ in "<bpmn:task id=\"t\"/>" }.joined(separator: "\n")))
    #expect(document.nodes.count == 3_000)
    #expect(document.warnings.count == 1_001)
    #expect(document.warnings.last?.message == "1999 more warnings are not listed")
  }
}
