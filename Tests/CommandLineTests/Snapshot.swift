import FoundationEssentials
import Testing

/// Compares a whole text with the file of that name in `Snapshots`.
///
/// The file is written when it is missing or `RECORD_SNAPSHOTS` is set, and then the test fails, so that a recording
/// can never pass for a check.
func expectSnapshot(
  _ text: String, named name: String, at location: SourceLocation = #_sourceLocation, in folder: String = #filePath
) throws {
  let path = folder.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Snapshots/" + name
  let recorded = try? String(contentsOf: URL(filePath: path), encoding: .utf8)
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == nil, let recorded {
    #expect(text == recorded, "\(firstDifference(text, recorded))", sourceLocation: location)
    return
  }
  try Data(text.utf8).write(to: URL(filePath: path))
  Issue.record("recorded \(name); read it, then run again", sourceLocation: location)
}

private func firstDifference(_ new: String, _ old: String) -> String {
  let lines = [new, old].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
  for line in 0..<max(lines[0].count, lines[1].count) {
    let (now, before) = (lines[0].dropFirst(line).first ?? "(end)", lines[1].dropFirst(line).first ?? "(end)")
    if now != before { return "line \(line + 1) is\n\(now)\nand was\n\(before)" }
  }
  return "no difference"
}
