extension TimerDefinition {
  /// The timer in words with what the file says in brackets: "after 2 days (PT48H)", "every hour, 3 times (R3/PT1H)",
  /// "at the time given by ${due}". Expressions and what is not ISO 8601 are quoted, not guessed.
  package var words: String {
    let text = expression.text
    if Self.isExpression(text) { return "\(kind == .duration ? "after" : "at") the time given by \(text)" }
    return spoken(text).map { "\($0) (\(text))" } ?? "\(lead) \(text)"
  }

  private var lead: String {
    switch kind {
    case .date: "at"
    case .duration: "after"
    case .cycle: "on the schedule"
    }
  }

  private func spoken(_ text: String) -> String? {
    switch kind {
    case .date: dateWords(text).map { "on \($0)" }
    case .duration: ISODuration(text).map { "after \($0.words)" }
    case .cycle: cycleWords(text)
    }
  }

  /// `R3/PT10M`, `R/2026-01-31T09:00:00Z/P1D`, `R5/PT1H/…end`.
  private func cycleWords(_ text: String) -> String? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let head = parts.first, head.hasPrefix("R"), parts.count <= 3 else { return nil }
    guard head == "R" || Int(head.dropFirst()) != nil else { return nil }
    guard let interval = parts.dropFirst().lazy.compactMap(ISODuration.init).first else { return nil }
    let count = Int(head.dropFirst()).map { $0 == 1 ? ", once" : ", \($0) times" } ?? ""
    let start = parts.count == 3 ? dateWords(parts[1]).map { ", from \($0)" } ?? "" : ""
    return "every \(interval.everyWords)\(start)\(count)"
  }

  /// `2026-01-31T09:00:00Z` as `2026-01-31 at 09:00 UTC`; nil when it does not look like that.
  private func dateWords(_ text: String) -> String? {
    let parts = text.split(separator: "T", maxSplits: 1).map(String.init)
    guard let day = parts.first, isDay(day) else { return nil }
    guard parts.count == 2 else { return day }
    let time = parts[1]
    guard time.count >= 5, time.prefix(5).allSatisfy({ $0.isNumber || $0 == ":" }) else { return nil }
    return "\(day) at \(time.prefix(5))\(time.hasSuffix("Z") ? " UTC" : "")"
  }

  private func isDay(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.count) == [4, 2, 2] && parts.allSatisfy { $0.allSatisfy(\.isNumber) }
  }

  private static func isExpression(_ text: String) -> Bool {
    text.contains("${") || text.contains("#{") || text.hasPrefix("=")
  }
}

/// A duration of ISO 8601 such as `P1DT12H`.
struct ISODuration {
  private var parts: [(count: Int, unit: String)] = []

  /// Nil for what is not such a duration, or holds fractions.
  init?(_ text: String) {
    guard text.hasPrefix("P"), text.count > 1 else { return nil }
    var isTime = false
    var digits = ""
    for character in text.dropFirst() {
      if character == "T", !isTime, digits.isEmpty {
        isTime = true
      } else if character.isASCII, character.isNumber {
        digits.append(character)
      } else {
        let units = isTime ? Self.timeUnits : Self.dayUnits
        guard let count = Int(digits), let unit = units[character] else { return nil }
        parts.append((count, unit))
        digits = ""
      }
    }
    guard digits.isEmpty, !parts.isEmpty else { return nil }
    parts = Self.rounded(parts.filter { $0.count > 0 })
  }

  /// "2 days and 4 hours".
  var words: String {
    let words = parts.map { "\($0.count) \($0.unit)\($0.count == 1 ? "" : "s")" }
    guard let last = words.last else { return "no time" }
    return words.count == 1 ? last : words.dropLast().joined(separator: ", ") + " and " + last
  }

  /// "hour", "10 minutes": behind "every".
  var everyWords: String {
    guard parts.count == 1, let only = parts.first, only.count == 1 else { return words }
    return only.unit
  }

  private static let dayUnits: [Character: String] = ["Y": "year", "M": "month", "W": "week", "D": "day"]
  private static let timeUnits: [Character: String] = ["H": "hour", "M": "minute", "S": "second"]

  /// A single unit that divides evenly into a larger one is said in that: 48 hours are 2 days, 120 minutes 2 hours.
  private static func rounded(_ parts: [(count: Int, unit: String)]) -> [(count: Int, unit: String)] {
    guard parts.count == 1, var only = parts.first else { return parts }
    for (unit, size, larger) in [("second", 60, "minute"), ("minute", 60, "hour"), ("hour", 24, "day")]
    where only.unit == unit && only.count % size == 0 {
      only = (only.count / size, larger)
    }
    return [only]
  }
}
