import Varlink

/// Lines of Swift, indented by the blocks they stand in.
struct SourceWriter {
  private(set) var text = ""
  private var indentation = ""

  mutating func line(_ line: String = "") {
    text += line.isEmpty ? "\n" : indentation + line + "\n"
  }

  /// `head {`, what `body` writes, `}`.
  mutating func block(_ head: String, _ body: (inout SourceWriter) throws -> Void) rethrows {
    line(head + " {")
    let outer = indentation
    indentation += "  "
    try body(&self)
    indentation = outer
    line("}")
  }

  mutating func documentation(_ lines: Documentation) {
    for text in lines { line(text.isEmpty ? "///" : "/// " + text) }
  }

  /// `head(a, b) tail`, one argument a line where it would be too long.
  mutating func block(
    _ head: String, arguments: [String], _ tail: String = "", _ body: (inout SourceWriter) throws -> Void
  ) rethrows {
    let oneLine = "\(head)(\(arguments.joined(separator: ", ")))\(tail)"
    if indentation.count + oneLine.count + 2 <= 120 { return try block(oneLine, body) }
    line(head + "(")
    for (index, argument) in arguments.enumerated() {
      line("  " + argument + (index + 1 < arguments.count ? "," : ""))
    }
    try block(")" + tail, body)
  }
}
