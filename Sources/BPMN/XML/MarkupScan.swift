/// A first look at the markup, before the XML parser sees it: refuses document types (the door to every entity
/// attack), and depth and number of elements beyond the limits, and notes where each start tag begins, which the XML
/// parser does not tell (its line is that of the tag's end).
///
/// It knows only what delimits tags, comments, CDATA and instructions; whether the file is well-formed is the parser's
/// business.
struct MarkupScan {
  /// The line of the `<` of every start tag, in order.
  private(set) var startTagLines: [Int32] = []
  private static let commentStart = Array("<!--".utf8)
  private static let commentEnd = Array("-->".utf8)
  private static let dataStart = Array("<![CDATA[".utf8)
  private static let dataEnd = Array("]]>".utf8)
  private static let documentType = Array("<!DOCTYPE".utf8)
  private static let instructionStart = Array("<?".utf8)
  private static let instructionEnd = Array("?>".utf8)
  private static let endTag = Array("</".utf8)

  private let bytes: [UInt8]
  private let file: String
  private var position = 0
  private var line = 1
  private var lineStart = 0
  private var depth = 0

  /// Scans all of it.
  ///
  /// - Throws: `ParseError` for a document type, too many elements or too deep a nesting.
  init(_ bytes: [UInt8], file: String) throws(ParseError) {
    self.bytes = bytes
    self.file = file
    while advance(to: UInt8(ascii: "<")) { try readMarkup() }
  }

  private mutating func readMarkup() throws(ParseError) {
    if starts(with: Self.commentStart) {
      skip(past: Self.commentEnd, from: 4)
    } else if starts(with: Self.dataStart) {
      skip(past: Self.dataEnd, from: 9)
    } else if starts(with: Self.documentType) {
      throw fault(
        "the file has a document type (<!DOCTYPE …>), which BPMN does not use and which is refused since it can pull in "
          + "other files or blow up", "Remove the <!DOCTYPE …> declaration and every entity it declares")
    } else if starts(with: Self.instructionStart) {
      skip(past: Self.instructionEnd, from: 2)
    } else if starts(with: Self.endTag) {
      depth = max(0, depth - 1)
      position += 2
    } else {
      try readStartTag()
    }
  }

  private mutating func readStartTag() throws(ParseError) {
    let next = position + 1 < bytes.count ? bytes[position + 1] : 0
    guard Self.canStartName(next) else { return position += 1 }
    startTagLines.append(Int32(clamping: line))
    guard startTagLines.count <= Limits.elementCountMax else {
      throw fault("the file has more than \(Limits.elementCountMax) elements", "Split the model into several files")
    }
    guard depth < Limits.depthLevelsMax else {
      throw fault(
        "elements are nested deeper than \(Limits.depthLevelsMax) levels",
        "Take the innermost sub-processes out into processes of their own and call them")
    }
    if try !skipRestOfStartTag() { depth += 1 }
  }

  /// Moves behind the tag's `>`; answers whether the element is already closed (`/>`).
  private mutating func skipRestOfStartTag() throws(ParseError) -> Bool {
    var quote: UInt8?
    var attributeCount = 0
    var previous: UInt8 = 0
    while position < bytes.count {
      let byte = bytes[position]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
        attributeCount += 1
        guard attributeCount <= Limits.attributesOfElementMax else {
          throw fault(
            "an element has more than \(Limits.attributesOfElementMax) attributes",
            "Take out the attributes that no tool needs")
        }
      } else if byte == UInt8(ascii: ">") {
        position += 1
        return previous == UInt8(ascii: "/")
      }
      previous = byte
      step()
    }
    return false
  }

  private mutating func skip(past end: [UInt8], from offset: Int) {
    for _ in 0..<offset { step() }
    while position < bytes.count {
      guard !starts(with: end) else { return position += end.count }
      step()
    }
  }

  private mutating func advance(to byte: UInt8) -> Bool {
    while position < bytes.count {
      if bytes[position] == byte { return true }
      step()
    }
    return false
  }

  private mutating func step() {
    guard position < bytes.count else { return }
    if bytes[position] == UInt8(ascii: "\n") {
      line += 1
      lineStart = position + 1
    }
    position += 1
  }

  private func starts(with word: [UInt8]) -> Bool {
    position + word.count <= bytes.count && bytes[position] == word[0]
      && word.indices.allSatisfy { bytes[position + $0] == word[$0] }
  }

  private func fault(_ problem: String, _ remedy: String) -> ParseError {
    ParseError(file: file, line: line, column: position - lineStart + 1, problem: problem, remedy: remedy)
  }

  private static func canStartName(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
