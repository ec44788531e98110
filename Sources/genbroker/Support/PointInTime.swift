import CommandLine

/// A time of the past on the command line: so long ago (`30m`, `7d`), or the begin of a day (`2026-11-30`, UTC).
enum PointInTime: ParameterValue, Hashable {
  case ago(Milliseconds)
  case day(year: Int, month: Int, day: Int)

  static func read(_ text: String) throws(ValueProblem) -> PointInTime {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isLength = text.first.map { ("0"..."9").contains($0) } ?? false
    guard parts.count == 3 || !isLength else { return .ago(try Milliseconds.read(text)) }
    let isWritten = zip(parts, [4, 2, 2]).allSatisfy { $0.utf8.count == $1 && isDigits($0) }
    guard isWritten, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1970...9999).contains(year), (1...12).contains(month), (1...days(inMonth: month, of: year)).contains(day)
    else {
      throw ValueProblem("not a time of the past", remedy: "write it like 2026-11-30, or how long ago: 30m, 24h or 7d")
    }
    return .day(year: year, month: month, day: day)
  }

  var parameterText: String {
    switch self {
    case .ago(let time): time.parameterText
    case .day(let year, let month, let day): "\(year)-\(twoDigits(month))-\(twoDigits(day))"
    }
  }

  /// In milliseconds since 1970 (UTC).
  func milliseconds(now: Int64) -> Int64 {
    switch self {
    case .ago(let time): max(0, now - time.count)
    case .day(let year, let month, let day): Int64(dayNumber(year, month, day)) * 86_400_000
    }
  }
}

private func days(inMonth month: Int, of year: Int) -> Int {
  switch month {
  case 2: isLeap(year) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

private func isLeap(_ year: Int) -> Bool {
  year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
}

/// Days since 1970-01-01.
private func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
  let leapDays = { (year: Int) in year / 4 - year / 100 + year / 400 }
  let ofYears = (year - 1970) * 365 + leapDays(year - 1) - leapDays(1969)
  return ofYears + (1..<month).reduce(0) { $0 + days(inMonth: $1, of: year) } + day - 1
}

private func isDigits(_ text: Substring) -> Bool { text.allSatisfy { ("0"..."9").contains($0) } }

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
