import CommandLine
import JobModel
import Wire

/// Money as people read it.
func dollars(_ pico: Int) -> String { Money.text(pico: Int64(pico)) }

/// What is known to be spent, what may be of it where nobody has told, and where not even that is known: never as if it were
/// nothing, and never as if it were sure.
///
/// `$0.0123`, `$0.0123 + at most $0.05 for 1 call + 3 calls of unknown cost`, `3 calls of unknown cost`.
///
/// - parameters:
///   - pico: all that is counted.
///   - unknownCalls: calls of which nobody has told the cost.
///   - assumed: of these, and of `pico`, what counts at its worst.
func costWords(_ pico: Int, unknownCalls: Int, assumed: JobsAPI.Spent? = nil) -> String {
  let (known, unknown) = (pico - (assumed?.picoUsd ?? 0), unknownCalls - (assumed?.calls ?? 0))
  var parts: [String] = []
  if let assumed { parts.append("at most \(dollars(assumed.picoUsd)) for \(Human.count(assumed.calls, "call"))") }
  if unknown > 0 { parts.append("\(Human.count(unknown, "call")) of unknown cost") }
  if known > 0 || parts.isEmpty { parts.insert(dollars(max(0, known)), at: 0) }
  return parts.joined(separator: " + ")
}

/// `at most $0.50, 100 calls`.
func budgetWords(_ budget: JobsAPI.Budget) -> String {
  let parts = [
    budget.picoUsd.map(dollars), budget.calls.map { Human.count($0, "call") },
    budget.tokens.map { Human.count($0, "token") }, budget.credits.map { Human.count($0, "credit") },
  ].compactMap { $0 }
  return parts.isEmpty ? "no budget" : "at most " + parts.joined(separator: ", ")
}

extension JobsAPI.Spending {
  /// What the calls of a job have cost: `$0.0123 in 12 calls`, with what is not sure behind it.
  var costLine: String {
    // Tasks are charged credits without any call.
    guard settled.calls > 0 else { return settled.credits > 0 ? Human.count(settled.credits, "credit") : "nothing yet" }
    return costSum + " in \(Human.count(settled.calls, "paid call"))"
      + (settled.tokens > 0 ? ", \(Human.count(settled.tokens, "token"))" : "")
      + (settled.credits > 0 ? ", \(Human.count(settled.credits, "credit"))" : "")
      + wastedWords
  }

  /// What the calls have cost, as far as it is known.
  var costSum: String { costWords(settled.picoUsd, unknownCalls: costUnknown, assumed: assumed) }

  /// ``costLine`` with what may have been paid beside it.
  var wholeCostLine: String {
    guard unknown.calls > 0 else { return costLine }
    let calls = "\(Human.count(unknown.calls, "call")) whose answer is not known"
    let amount = unknown.picoUsd > 0 ? "up to \(dollars(unknown.picoUsd)) for \(calls)" : "what \(calls) may have cost"
    return (settled.calls > 0 ? costLine : "nothing for sure") + "; and " + amount
  }

  private var wastedWords: String {
    guard wasted.calls > 0 else { return "" }
    let answers = "\(Human.count(wasted.calls, "answer")) without use"
    // Where there is no price at all, nobody knows it of these either.
    return wasted.picoUsd > 0 || costUnknown == 0
      ? "; of it \(dollars(wasted.picoUsd)) for \(answers)" : "; of them \(answers)"
  }

  /// Calls of which nobody knows how they ended; nil when there are none.
  var unknownLine: String? {
    guard unknown.calls > 0 else { return nil }
    let calls = Human.count(unknown.calls, "call")
    return "\(calls) may have been paid for" + (unknown.picoUsd > 0 ? ", at most \(dollars(unknown.picoUsd))" : "")
  }

  /// Calls that are being made; nil when there are none.
  var reservedLine: String? {
    guard reserved.calls > 0 else {
      return reserved.credits > 0 ? "\(Human.count(reserved.credits, "credit")) put aside for tasks under way" : nil
    }
    let amount = reserved.picoUsd > 0 ? "; \(dollars(reserved.picoUsd)) put aside for them" : ""
    return "\(Human.count(reserved.calls, "call")) under way" + amount
  }

  /// Answers that were there already; nil when there were none.
  var reusedLine: String? {
    guard hits > 0 else { return nil }
    let saved = savedPicoUsd > 0 ? ", which had cost \(dollars(savedPicoUsd))" : ""
    return "\(Human.count(hits, "answer")) from the store\(saved)"
  }

  /// What it may take, and by how much that was exceeded.
  var budgetLine: String? {
    budget.map { budget in [budgetWords(budget), BudgetOverrun(self)?.words].compactMap { $0 }.joined(separator: "; ") }
  }
}
