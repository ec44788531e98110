import Broker
import Testing

/// What a session's token is made of: whoever has it may act as the worker.
struct TokenTests {
  @Test func `a token is 128 random bits, as 32 hexadecimal digits`() {
    let tokens = (0..<1_000).map { _ in randomToken() }
    #expect(tokens.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy("0123456789abcdef".contains) })
    #expect(Set(tokens).count == tokens.count)
    for position in 0..<32 {
      // Of 1,000 tokens one digit is missing at a place with a probability of 16 * (15/16)^1000, or 1e-27.
      #expect(Set(tokens.map { Array($0.utf8)[position] }).count == 16, "digit \(position)")
    }
  }
}
