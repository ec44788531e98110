import JSON
import PluginKit

/// What the check has found.
struct Report {
  static let path = "check/report.json"

  /// Something that is wrong with the project.
  struct Problem: Hashable {
    var path: String
    var line: Int?
    var text: String

    /// For a message.
    var shortLine: String {
      path + (line.map { ":\($0)" } ?? "") + ": " + (text.count > 160 ? text.prefix(159) + "…" : text)
    }
  }

  /// How many files the project has to have.
  var expected: Int
  /// How many of them are there.
  var present: Int
  /// `python3`, or `scanner` where there is none: then only strings, brackets and the modules of imports were looked at.
  var checkedBy: String
  var problems: [Problem]

  /// `check/report.json`
  var text: String {
    let list = problems.map { problem -> JSONTree in
      var members: [JSONTree.Member] = [.init("path", .string(problem.path))]
      if let line = problem.line { members.append(.init("line", .int(Int64(line)))) }
      return .object(members + [.init("problem", .string(problem.text))])
    }
    let report: JSONTree = [
      "passed": .bool(problems.isEmpty), "files_expected": .int(Int64(expected)), "files_present": .int(Int64(present)),
      "checked_by": .string(checkedBy), "problems": .array(list),
    ]
    return String(decoding: report.bytes, as: UTF8.self) + "\n"
  }

  /// What the task fails with; nil when nothing is wrong.
  var failure: PluginFailure? {
    guard !problems.isEmpty else { return nil }
    let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
    let shown = problems.prefix(Limits.problemsShownMax).map(\.shortLine)
    let rest = problems.count - shown.count
    return PluginFailure(
      "check_failed",
      "the project has \(count): \(shown.joined(separator: "; "))\(rest > 0 ? "; and \(rest) more" : "")\n"
        + "all that was made is kept; \(Self.path) lists the problems. Make these files again, or put corrected ones.")
  }
}
