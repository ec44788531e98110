import JobModel
import TestSupport
import Testing

/// Limits by the minute: no minute, wherever it begins, has more than it may.
struct RateWindowTests {
  private func entry(_ call: Int64, _ atMs: Int64, tokens: Int64 = 1, model: String = "m") -> RateWindow.Entry {
    RateWindow.Entry(call: call, atMs: atMs, provider: "p", model: model, tokens: tokens)
  }

  @Test func `a call waits until the oldest that is too many leaves the minute, and not longer`() {
    let window = RateWindow([entry(1, 0), entry(2, 10_000), entry(3, 20_000)])
    #expect(window.waitMs(calls: 4, in: .all, now: 30_000) == 0)
    #expect(window.waitMs(calls: 3, in: .all, now: 30_000) == 30_000)
    #expect(window.waitMs(calls: 2, in: .all, now: 30_000) == 40_000)
    #expect(window.waitMs(calls: 3, in: .all, now: 59_999) == 1)
    #expect(window.waitMs(calls: 3, in: .all, now: 60_000) == 0)
  }

  @Test
  func `tokens are counted as they become known, a call that was not sent not at all, and one too large goes alone`() {
    var window = RateWindow([entry(1, 0, tokens: 80), entry(2, 1_000, tokens: 50)])
    #expect(window.waitMs(tokens: 20, max: 100, in: .all, now: 2_000) == 58_000)
    window.correct(1, tokens: 10)
    #expect(window.waitMs(tokens: 20, max: 100, in: .all, now: 2_000) == 0)
    #expect(window.waitMs(tokens: 101, max: 100, in: .all, now: 2_000) == 59_000)
    window.remove(1)
    window.remove(2)
    #expect(window.waitMs(tokens: 101, max: 100, in: .all, now: 2_000) == 0)
  }

  @Test func `a limit counts what falls under its scope`() throws {
    let window = RateWindow([entry(1, 0), entry(2, 0, model: "n")])
    let scopes: [(LimitScope, Int64)] = [
      (.all, 2), (.provider("p"), 2), (.provider("q"), 0), (.model(try ModelName("p/m")), 1), (.users, 0),
    ]
    for (scope, calls) in scopes { #expect(window.used(scope, now: 1).calls == calls, "\(scope)") }
  }

  @Test func `a clock that was set back makes nobody wait for more than a minute`() {
    let window = RateWindow([entry(1, 10_000_000)])
    #expect(window.waitMs(calls: 1, in: .all, now: 0) == RateWindow.lengthMs)
  }

  @Test(arguments: [1, 2, 3]) func `whoever waits as told never makes a minute too full`(seed: UInt64) throws {
    print("rate windows: seed \(seed)")
    var random = SeededRandom(seed: seed)
    let model = try ModelName("p/m")
    let limits = CallLimits([
      try CallLimits.Key(.all, .requestsPerMinute): 7, try CallLimits.Key(.model(model), .tokensPerMinute): 300,
    ])
    var window = RateWindow()
    var made: [(atMs: Int64, tokens: Int64)] = []
    var now: Int64 = 0
    for call in Int64(0)..<400 {
      let tokens = Int64(random.next() % 100)
      while let wait = limits.rateWait(model, tokens: tokens, window, now: now) {
        #expect(wait.ms > 0 && wait.ms <= RateWindow.lengthMs)
        now += wait.ms
      }
      window.slide(to: now)
      window.add(entry(call, now, tokens: tokens))
      made.append((now, tokens))
      now += Int64(random.next() % 9_000)
    }
    for (index, first) in made.enumerated() {
      let minute = made[index...].prefix { $0.atMs < first.atMs + RateWindow.lengthMs }
      #expect(minute.count <= 7 && minute.reduce(0) { $0 + $1.tokens } <= 300, "the minute of call \(index)")
    }
  }

  @Test func `scopes and units that do not go together are refused, and what is told is read again`() throws {
    for text in ["all", "users", "user:7", "provider:openai", "model:openrouter/anthropic/claude"] {
      #expect(try LimitScope(text).text == text)
    }
    for text in [
      "", "everybody", "user:", "user:-1", "user:007", "user:4294967295", "provider:", "provider:A", "model:x", "all:",
    ] {
      #expect(throws: NameError.self, "\(text)") { try LimitScope(text) }
    }
    for unit in LimitUnit.allCases {
      let isOfDay = unit.ofDay != nil
      #expect(((try? CallLimits.Key(.users, unit)) != nil) == isOfDay)
      #expect(((try? CallLimits.Key(.provider("p"), unit)) == nil) == isOfDay)
      #expect((try? CallLimits.Key(.all, unit)) != nil)
    }
  }

  @Test func `a user's own limit of a day stands before that of each user, unit by unit`() throws {
    let ann = UserID(7)
    let limits = CallLimits([
      try CallLimits.Key(.users, .callsPerDay): 5, try CallLimits.Key(.users, .tokensPerDay): 50,
      try CallLimits.Key(.user(ann), .callsPerDay): 9, try CallLimits.Key(.all, .creditsPerDay): 3,
    ])
    #expect(limits.budgetOfDay(of: ann) == Budget(calls: 9, tokens: 50))
    #expect(limits.budgetOfDay(of: UserID(8)) == Budget(calls: 5, tokens: 50))
    #expect(limits.budgetOfDay == Budget(credits: 3))
  }

  @Test func `the name of a model is a provider, a slash and anything that can be seen`() throws {
    let name = try ModelName("openrouter/anthropic/claude-4:beta")
    #expect(name.provider == "openrouter" && name.model == "anthropic/claude-4:beta")
    for text in [
      "", "gpt", "/gpt", "openai/", "Open/gpt", "a b/c", "a/b c", "a/b\n", "\(String(repeating: "a", count: 33))/m",
    ] {
      #expect(throws: NameError.self, "\(text)") { try ModelName(text) }
    }
  }
}
