/// A moment as people read it, without its day: `14:05:12 UTC`; the second behind it when it is within one.
///
/// - Parameter ms: since 1970.
package func clockTime(ofMs ms: Int64) -> String {
  let (quotient, remainder) = ms.quotientAndRemainder(dividingBy: 1_000)
  let seconds = ((quotient + (remainder > 0 ? 1 : 0)) % 86_400 + 86_400) % 86_400
  let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
  return parts.map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":") + " UTC"
}
