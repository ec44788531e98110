import JSON
import JobModel
import Testing

@testable import Recipes

@Suite struct `A value without quotes` {
  /// The payload in which YAML puts a value.
  private func payload(_ value: String) throws -> String {
    try #require(try recipe(oneTask("payload:\n  x: \(value)")).expand().tasks.first).payloadText
  }

  @Test(arguments: [
    "no", "yes", "on", "off", "y", "n", "No", "ON", "2025-01-01", "2025-01-01T10:00:00Z", "12:30", "1:30:00", "1_000",
    "0b11", "0o8", "0xg", "1e", "e3", "1.2.3", "+", "-x", "1,5", "nil", "tRUE", "Null_", "<<", "inf", "nan", "0o", "0x",
    "Infinity", "0x1p3", "++1", ".", "-.", "1e+",
  ])
  func `is text where YAML 1.2 says so, whatever YAML 1.1 says`(_ text: String) throws {
    #expect(try payload(text) == #"{"x":"\#(text)"}"#)
  }

  @Test(arguments: [
    ("true", "true"), ("True", "true"), ("FALSE", "false"), ("null", "null"), ("~", "null"), ("NULL", "null"),
    ("7", "7"), ("-7", "-7"), ("+7", "7"), ("007", "7"), ("010", "10"), ("0o7", "7"), ("0o17", "15"), ("0x1F", "31"),
    ("1e3", "1000"), ("1.5", "1.5"), ("-.5", "-0.5"), ("1.", "1"), ("2.50", "2.5"), ("1E-2", "0.01"),
    ("9223372036854775807", "9223372036854775807"), ("0.1", "0.1"),
  ])
  func `is a number, a truth value or null by the core schema`(_ text: String, _ json: String) throws {
    #expect(try payload(text) == #"{"x":\#(json)}"#)
  }

  @Test(arguments: ["9223372036854775808", ".inf", "-.Inf", ".nan", "1e999", "0xFFFFFFFFFFFFFFFFF"])
  func `that no JSON holds is refused`(_ text: String) {
    #expect(refusal(oneTask("payload: {x: \(text)}"))?.contains("cannot be kept exactly") == true)
  }

  @Test(arguments: ["'7'", "\"7\"", "'true'", "'null'", "'2025-01-01'"])
  func `with quotes is text`(_ quoted: String) throws {
    let text = quoted.dropFirst().dropLast()
    #expect(try payload(quoted) == #"{"x":"\#(text)"}"#)
  }

  @Test func `as the name of a member is text`() throws {
    #expect(try payload("{no: 1, 2: 3, true: 4}") == #"{"x":{"no":1,"2":3,"true":4}}"#)
  }

  @Test func `that is money is read digit by digit`() throws {
    let budget = try recipe("recipe: r\nlimits: {budget_usd: 0.10, max_calls: 7}\ntasks: {a: {kind: docs}}\n").budget
    #expect(budget.picoUSD == 100_000_000_000)
    #expect(budget.calls == 7)
    #expect(budget.tokens == nil)
  }
}
