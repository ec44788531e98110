/// How often each promise was checked, and what was found.
package struct PromiseTable {
  /// The promises that a crash can touch, by their numbers in the README.
  package enum Promise: Int, CaseIterable {
    case durable = 1
    case itemCommitted
    case oneHolder
    case idempotent
    case succeededIsTrue
    case deadWorkerNoticed
    case poisonStops
    case restGoesOn
    case watchersMissNothing

    /// As in the README.
    var title: String {
      switch self {
      case .durable: "acknowledged means durable"
      case .itemCommitted: "item-committed leases"
      case .oneHolder: "one holder"
      case .idempotent: "idempotent"
      case .succeededIsTrue: "succeeded is true"
      case .deadWorkerNoticed: "a dead worker is noticed"
      case .poisonStops: "a poison task stops"
      case .restGoesOn: "one failure does not stop the rest"
      case .watchersMissNothing: "watchers miss nothing"
      }
    }
  }

  private struct Row {
    let promise: Promise
    let what: String
    var checks = 0
    var violations: [String] = []
  }

  private var rows: [Row] = []

  package init() {}

  /// Counts checks; with evidence when one was not passed.
  ///
  /// - Parameter violation: what was found instead.
  package mutating func check(_ promise: Promise, _ what: String, times: Int = 1, violation: String? = nil) {
    let place = rows.firstIndex { $0.promise == promise && $0.what == what }
    if place == nil { rows.append(Row(promise: promise, what: what)) }
    let row = place ?? rows.count - 1
    rows[row].checks += times
    if let violation { rows[row].violations.append(violation) }
  }

  /// The same for a check that says by an error what it has found.
  package mutating func check(_ promise: Promise, _ what: String, times: Int = 1, _ body: () throws -> Void) {
    do {
      try body()
      check(promise, what, times: times)
    } catch {
      check(promise, what, times: times, violation: "\(error)")
    }
  }

  /// The evidence of the first violations; `nil` when there is none.
  package var firstBroken: String? {
    let all = rows.flatMap { row in row.violations.map { "promise \(row.promise.rawValue), \(row.what): \($0)" } }
    return all.isEmpty ? nil : "\(all.count) violations:\n  " + all.prefix(20).joined(separator: "\n  ")
  }

  /// For people.
  package var text: String {
    let cells = Promise.allCases.flatMap { promise in
      rows.filter { $0.promise == promise }.map {
        ["\(promise.rawValue)", promise.title, $0.what, "\($0.checks)", "\($0.violations.count)"]
      }
    }
    return TextTable([["", "promise", "what was checked", "times", "violations"]] + cells).text
  }
}
