import Wire

/// What the last errors of tasks say beyond their first line, in one line: mostly what to do.
///
/// - parameter errors: newest first.
func remediesByTask(_ errors: [JobsAPI.TaskError]) -> [String: String] {
  let last = Dictionary(errors.map { ($0.task, $0.message) }) { newest, _ in newest }
  return last.compactMapValues { message in
    let lines = message.split(whereSeparator: \.isNewline).dropFirst()
    return lines.isEmpty ? nil : inOneLine(lines)
  }
}

/// Lines behind each other: where none ends a sentence, a semicolon does what its end did.
func inOneLine<Lines: Sequence<Substring>>(_ lines: Lines) -> String {
  lines.map { $0.drop { $0 == " " } }.reduce(into: "") { result, line in
    if let last = result.last { result += ".:;,!?…".contains(last) ? " " : "; " }
    result += line
  }
}
