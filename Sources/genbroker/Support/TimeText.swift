import CommandLine
import Glibc

/// Points in time, given in milliseconds since 1970 (UTC), as people read them.
struct TimeText: Sendable {
  /// The time that counts as now.
  let now: Int64

  /// `5 m ago` within the last day, the local date and time before.
  func short(_ time: Int64) -> String {
    (now - time).magnitude < dayMs ? Human.relative(milliseconds: time, now: now) : local(time)
  }

  /// `2025-11-21 09:47:12`, in the zone of the user (`TZ`).
  func local(_ time: Int64) -> String {
    Self.text(time, "%Y-%m-%d %H:%M:%S")
  }

  /// `09:47:12`.
  static func clock(_ time: Int64) -> String { text(time, "%H:%M:%S") }

  private static func text(_ time: Int64, _ format: String) -> String {
    var seconds = time_t(time / 1000 - (time % 1000 < 0 ? 1 : 0))
    var parts = tm()
    var buffer = [CChar](repeating: 0, count: 64)
    // Both write only into the local values; `strftime` at most the count it is given, ended by NUL.
    guard localtime_r(&seconds, &parts) != nil, strftime(&buffer, buffer.count, format, &parts) > 0 else { return "?" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

private let dayMs: UInt64 = 86_400_000
