/// The calls of the last minute, for limits of calls and tokens a minute: sliding, exact, without a clock of its own.
package struct RateWindow: Sendable {
  /// A call that counts.
  package struct Entry: Sendable, Equatable {
    package let call: Int64
    package let atMs: Int64
    package let provider: String
    package let model: String
    package var tokens: Int64

    package init(call: Int64, atMs: Int64, provider: String, model: String, tokens: Int64) {
      self.call = call
      self.atMs = atMs
      self.provider = provider
      self.model = model
      self.tokens = tokens
    }
  }

  package static let lengthMs: Int64 = 60_000

  /// In the order in which they were made.
  private var entries: [Entry]

  /// - Parameter entries: in the order in which they were made.
  package init(_ entries: [Entry] = []) { self.entries = entries }

  package mutating func add(_ entry: Entry) { entries.append(entry) }

  /// What a call has taken is known.
  package mutating func correct(_ call: Int64, tokens: Int64) {
    guard let place = entries.lastIndex(where: { $0.call == call }) else { return }
    entries[place].tokens = tokens
  }

  /// A call was not sent.
  package mutating func remove(_ call: Int64) { entries.removeAll { $0.call == call } }

  /// Forgets what is older than a minute.
  package mutating func slide(to now: Int64) {
    entries.removeAll { $0.atMs + RateWindow.lengthMs <= now }
  }

  /// What counts in a scope now.
  package func used(_ scope: LimitScope, now: Int64) -> (calls: Int64, tokens: Int64) {
    counting(scope, now: now).reduce((0, 0)) { ($0.0 + 1, saturatingSum($0.1, $1.tokens)) }
  }

  /// How long one more call has to wait so that no minute has more calls than `max`; 0 when it need not.
  package func waitMs(calls max: Int64, in scope: LimitScope, now: Int64) -> Int64 {
    wait(for: 1, max: max, in: scope, now: now) { _ in 1 }
  }

  /// The same with tokens. A call that takes more than a minute may have goes alone in its minute.
  package func waitMs(tokens: Int64, max: Int64, in scope: LimitScope, now: Int64) -> Int64 {
    wait(for: tokens, max: max, in: scope, now: now, \.tokens)
  }

  private func wait(
    for need: Int64, max: Int64, in scope: LimitScope, now: Int64, _ weight: (Entry) -> Int64
  ) -> Int64 {
    let counting = counting(scope, now: now)
    var used = counting.reduce(0) { saturatingSum($0, weight($1)) }
    var waitMs: Int64 = 0
    for entry in counting where saturatingSum(used, need) > max {
      used -= weight(entry)
      // The clock may have been set back since.
      waitMs = Swift.max(waitMs, min(entry.atMs + RateWindow.lengthMs - now, RateWindow.lengthMs))
    }
    return waitMs
  }

  private func counting(_ scope: LimitScope, now: Int64) -> [Entry] {
    entries.filter { $0.atMs + RateWindow.lengthMs > now && scope.holds($0.provider, $0.model) }
  }
}
