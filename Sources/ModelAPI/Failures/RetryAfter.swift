package import HTTPTransport
import JSON

/// How long a provider asks to be left alone.
package enum RetryAfter {
  /// ms out of the header fields, in the order in which they are believed: `retry-after-ms` (OpenAI), `retry-after` (RFC 9110:
  /// seconds or a date; some send fractions), `llm_provider-retry-after` (LiteLLM).
  ///
  /// - Parameter utcMs: now, for a date when the answer does not say what time its server has.
  /// - Returns: `nil` when none says more than 0; at most ``ModelAPILimits/retryAfterMaxMs``.
  package static func ms(_ headers: AnswerHeaders, utcMs: Int64) -> Int64? {
    if let text = headers["retry-after-ms"], let ms = milliseconds(text, unit: 0) { return ms }
    for name in ["retry-after", "llm_provider-retry-after"] {
      guard let text = headers[name] else { continue }
      if let ms = milliseconds(text, unit: 3) { return ms }
      if let date = HTTPDate.utcMs(text) {
        let now = headers["date"].flatMap(HTTPDate.utcMs) ?? utcMs
        if let ms = bounded(date - now) { return ms }
      }
    }
    return nil
  }

  /// ms out of the body of an error of Gemini: `retryDelay` (`34s`, `1.5s`) of a `RetryInfo` among its details.
  static func ms(ofError error: JSONValue) -> Int64? {
    for detail in error["details"]?.elements ?? [] {
      guard let delay = detail["retryDelay"]?.string, delay.utf8.last == UInt8(ascii: "s") else { continue }
      if let ms = milliseconds(String(delay.dropLast()), unit: 3) { return ms }
    }
    return nil
  }

  /// A decimal number of `10^unit` ms, rounded up.
  private static func milliseconds(_ text: String, unit: Int) -> Int64? {
    guard let number = DecimalText(text) else { return nil }
    return bounded(number.scaled(byPowerOfTen: unit)?.roundedUp ?? .max)
  }

  private static func bounded(_ ms: Int64) -> Int64? { ms > 0 ? min(ms, ModelAPILimits.retryAfterMaxMs) : nil }
}
