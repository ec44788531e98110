/// A state machine written down as a table of words, so that it can be read beside the machine and shares no code with
/// it: the first line names the events, every other line a state and what each event makes of it.
struct TransitionTable {
  let events: [String]
  private var cells: [String: [String: String]] = [:]

  init(_ text: String) {
    let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    events = rows.first ?? []
    for row in rows.dropFirst() {
      precondition(row.count == events.count + 1, "a row of the table has \(row.count) words: \(row)")
      cells[row[0]] = Dictionary(uniqueKeysWithValues: zip(events, row.dropFirst()))
    }
  }

  var states: Set<String> { Set(cells.keys) }

  subscript(state: String, event: String) -> String? { cells[state]?[event] }
}
