/// The weaker look at a Python file, for where there is no Python: strings end, brackets match, and what the imports name. It does not
/// tell whether the rest is Python.
struct PythonScanner {
  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  private var brackets: [(byte: UInt8, line: Int)] = []
  private var file = PythonFile()
  /// The words of the statement that has begun, as far as it could be an import.
  private var words: [String] = []
  private var statementLine = 1

  private init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// Looks at the text of a file.
  static func look(at text: String) -> PythonFile {
    var scanner = PythonScanner(text)
    while scanner.file.fault == nil, scanner.place < scanner.bytes.count { scanner.step() }
    scanner.endStatement()
    if scanner.file.fault == nil, let open = scanner.brackets.last {
      scanner.fail("a bracket '\(Character(Unicode.Scalar(open.byte)))' is not closed", open.line)
    }
    return scanner.file
  }

  private mutating func step() {
    let byte = bytes[place]
    switch byte {
    case UInt8(ascii: "\n"):
      line += 1
      place += 1
      if brackets.isEmpty { endStatement() }
    case UInt8(ascii: "#"): while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
    case UInt8(ascii: "\""), UInt8(ascii: "'"): string(byte)
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      brackets.append((byte, line))
      place += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): close(byte)
    case UInt8(ascii: "\\"): escape()
    case UInt8(ascii: ";") where brackets.isEmpty:
      endStatement()
      place += 1
    default: word()
    }
  }

  private mutating func fail(_ text: String, _ line: Int) { file.fault = .init(line: line, text: text) }

  /// Passes over a backslash and what stands behind it, which may be the end of a line.
  private mutating func escape() {
    let isBeforeReturn = bytes[place...].prefix(3).elementsEqual([UInt8(ascii: "\\"), 0x0D, 0x0A])
    place += isBeforeReturn ? 3 : 2
    if place <= bytes.count, bytes[place - 1] == UInt8(ascii: "\n") { line += 1 }
  }

  private mutating func close(_ byte: UInt8) {
    let pairs: [UInt8: UInt8] = [0x29: 0x28, 0x5D: 0x5B, 0x7D: 0x7B]
    guard let open = brackets.popLast(), pairs[byte] == open.byte else {
      return fail("'\(Character(Unicode.Scalar(byte)))' closes nothing", line)
    }
    place += 1
  }

  private mutating func string(_ quote: UInt8) {
    let isLong = bytes[place...].prefix(3).elementsEqual([quote, quote, quote])
    let begin = line
    place += isLong ? 3 : 1
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\\") {
        escape()
        continue
      }
      if byte == UInt8(ascii: "\n") {
        guard isLong else { break }
        line += 1
      }
      if byte == quote, !isLong || bytes[place...].prefix(3).elementsEqual([quote, quote, quote]) {
        place += isLong ? 3 : 1
        return
      }
      place += 1
    }
    fail("a string does not end", begin)
  }

  // MARK: Imports

  private mutating func word() {
    let begin = place
    while place < bytes.count, Self.isWord(bytes[place]) { place += 1 }
    guard place > begin else {
      if bytes[place] == UInt8(ascii: ","), brackets.isEmpty, words.first == "import" { words.append(",") }
      place += 1
      return
    }
    if words.isEmpty { statementLine = line }
    // What is in brackets are names, which are not looked at.
    if brackets.isEmpty { words.append(String(decoding: bytes[begin..<place], as: UTF8.self)) }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), 0x80...0xFF:
      true
    default: false
    }
  }

  private mutating func endStatement() {
    defer { words = [] }
    if words.count >= 3, words[0] == "from", words[2] == "import" {
      file.imports.append(.init(module: words[1], line: statementLine))
    } else if words.first == "import" {
      for part in words.dropFirst().split(separator: ",") {
        if let module = part.first { file.imports.append(.init(module: module, line: statementLine)) }
      }
    }
  }
}
