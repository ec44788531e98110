import ProcessSupport

/// What the kills met and what became of it, as a table.
struct KillReport {
  private let rounds: [KillRound]
  private let history: History
  private let log: [PluginLogLine]

  init(_ rounds: [KillRound], _ history: History, _ log: [PluginLogLine]) {
    self.rounds = rounds
    self.history = history
    self.log = log
  }

  var text: String {
    let each = rounds.enumerated().map { number, round in
      let met = round.met.map(\.task).joined(separator: ", ")
      return "  \(number + 1): \(round.victim.rawValue) \(round.pid), leased: \(met.isEmpty ? "nothing sure" : met)"
    }
    return (each + [Self.heading] + KillRound.Victim.allCases.map(row) + [made]).joined(separator: "\n")
  }

  private static let heading = row("victim", "kills", "rounds", "leases met", "ended by it", "went on", "leased again")

  private static func row(_ cells: String...) -> String {
    cells.map { String(repeating: " ", count: max(0, 13 - $0.count)) + $0 }.joined()
  }

  /// A round is a kill that met a lease.
  private func row(_ victim: KillRound.Victim) -> String {
    let all = rounds.filter { $0.victim == victim }
    let valid = all.filter { !$0.met.isEmpty }
    let met = valid.flatMap(\.met).compactMap { history.spans[$0.lease] }
    let ended = met.filter { isEnd($0.end, by: victim) }
    let again = ended.filter { span in
      history.spans.values.contains { $0.task == span.task && $0.lease > span.lease }
    }
    return Self.row(
      victim.rawValue, "\(all.count)", "\(valid.count)", "\(met.count)", "\(ended.count)", "\(met.count - ended.count)",
      "\(again.count)")
  }

  /// Whether a lease ended by the kill that it was met by, and not by success or by a later kill.
  private func isEnd(_ end: HistoryLine?, by victim: KillRound.Victim) -> Bool {
    switch victim {
    case .plugin: end?.reason == "plugin_crash"
    case .worker: end?.reason == "worker_lost"
    case .broker: end?.type == "task.released" || end?.reason == "lease_expired"
    }
  }

  /// How often what was made had to be made again, since the kill came before its commit.
  private var made: String {
    let results = log.filter { $0.event == "result" }
    let paths = Set(results.map(\.path))
    let resumed = log.filter { $0.event == "generate" && !$0.done.isEmpty }.count
    return "  \(history.committed) files committed, \(results.count) results made by plugins, "
      + "\(results.count - paths.count) of them again because a kill came before the commit; "
      + "\(resumed) tasks were leased again with their file already there"
  }
}
