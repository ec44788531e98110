/// How often each sort of process was hit in each way.
struct StrikeTable {
  private let strikes: [Strike]

  init(_ strikes: [Strike]) { self.strikes = strikes }

  var text: String {
    let ways = ["kill -9", "SIGTERM", "SIGSTOP", "SIGSTOP, longer than a lease"]
    let rows = Fault.Victim.allCases.map { victim in
      let own = strikes.filter { $0.fault.victim == victim }
      return [victim.rawValue] + ways.map { way in "\(own.count { $0.fault.how.name == way })" }
    }
    return TextTable([["hit"] + ways] + rows).text
  }
}

/// Cells in columns, as in Markdown.
struct TextTable {
  private let rows: [[String]]

  /// - Parameter rows: the first one is the heading.
  init(_ rows: [[String]]) { self.rows = rows }

  var text: String {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      "| " + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |"
    }
    let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
    return (lines.prefix(1) + [rule] + lines.dropFirst()).joined(separator: "\n")
  }
}
