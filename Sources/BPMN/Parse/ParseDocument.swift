extension Document {
  /// Reads one BPMN file: any prefix, UTF-8, UTF-16, UTF-32, and any encoding of the C
  /// library's `iconv` that holds ASCII.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - fileName: what errors and pages call it.
  /// - Throws: `ParseError` for what is not one well-formed BPMN document within the limits. What can be tolerated is in
  ///   `warnings`.
  package init(parsing bytes: [UInt8], fileName: String) throws(ParseError) {
    try Self.checkStart(of: bytes, fileName: fileName)
    let text = try Self.text(of: bytes, fileName: fileName)
    let scan = try MarkupScan(text.bytes, file: fileName)
    let tree = try TreeReader.read(text.bytes, file: fileName, startTagLines: scan.startTagLines)
    try Self.checkRoot(of: tree, fileName: fileName)
    var builder = DocumentBuilder(tree: tree, fileName: fileName)
    builder.build()
    self = builder.document
  }

  private static func checkStart(of bytes: [UInt8], fileName: String) throws(ParseError) {
    guard bytes.count <= Limits.fileBytesMax else {
      throw ParseError(
        file: fileName, line: nil, column: nil,
        problem: "the file has \(bytes.count) bytes; the limit is \(Limits.fileBytesMax)",
        remedy: "Split the model into several files")
    }
    guard bytes.contains(where: { $0 > 0x20 }) else {
      throw ParseError(
        file: fileName, line: nil, column: nil,
        problem: bytes.isEmpty ? "the file is empty" : "the file holds nothing but white space or zero bytes",
        remedy: "Export the model again and check that the whole file was copied")
    }
    if bytes.starts(with: [0x4C, 0x6F, 0xA7, 0x94]) {
      throw ParseError(
        file: fileName, line: 1, column: 1, problem: "the file is in EBCDIC, which is not read",
        remedy: "Save the file as UTF-8")
    }
  }

  private static func text(of bytes: [UInt8], fileName: String) throws(ParseError) -> EncodedText {
    do throws(EncodedText.Fault) {
      return try EncodedText(bytes)
    } catch {
      let (problem, remedy) = XMLFailure.explanation(of: error)
      var (line, column) = (1, 1)
      if case .invalid(let before) = error { (line, column) = place(behind: before) }
      throw ParseError(file: fileName, line: line, column: column, problem: problem, remedy: remedy)
    }
  }

  /// Line and column, in bytes and from 1, of what follows a text.
  private static func place(behind text: [UInt8]) -> (line: Int, column: Int) {
    let newline = UInt8(ascii: "\n")
    let lineStart = text.lastIndex(of: newline).map { $0 + 1 } ?? 0
    return (text.count { $0 == newline } + 1, text.count - lineStart + 1)
  }

  private static func checkRoot(of tree: XMLTree, fileName: String) throws(ParseError) {
    let root = tree.elements[0]
    guard root.vocabulary != .bpmn || root.name != "definitions" else { return }
    let name = root.name.prefix(Limits.tagCharactersShownMax)
    let namespace = root.namespace.isEmpty ? "no namespace" : "the namespace '\(root.namespace.prefix(200))'"
    throw ParseError(
      file: fileName, line: root.line, column: 1,
      problem: "this is not BPMN 2.0: the root element is <\(name)> of \(namespace)",
      remedy: "Give a file whose root is <definitions> of \(Vocabulary.bpmnNamespace)")
  }
}
