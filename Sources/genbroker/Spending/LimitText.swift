import CommandLine
import JobModel
import Wire

/// What a limit counts, for the command line.
enum LimitUnitChoice: String, Choice, Hashable {
  case concurrent
  case requestsPerMinute = "requests-per-minute"
  case tokensPerMinute = "tokens-per-minute"
  case dollarsPerDay = "usd-per-day"
  case callsPerDay = "calls-per-day"
  case tokensPerDay = "tokens-per-day"
  case creditsPerDay = "credits-per-day"

  var unit: AdminAPI.LimitUnit {
    switch self {
    case .concurrent: .concurrent
    case .requestsPerMinute: .requestsPerMinute
    case .tokensPerMinute: .tokensPerMinute
    case .dollarsPerDay: .picoUsdPerDay
    case .callsPerDay: .callsPerDay
    case .tokensPerDay: .tokensPerDay
    case .creditsPerDay: .creditsPerDay
    }
  }

  init(_ unit: AdminAPI.LimitUnit) {
    switch unit {
    case .concurrent: self = .concurrent
    case .requestsPerMinute: self = .requestsPerMinute
    case .tokensPerMinute: self = .tokensPerMinute
    case .picoUsdPerDay: self = .dollarsPerDay
    case .callsPerDay: self = .callsPerDay
    case .tokensPerDay: self = .tokensPerDay
    case .creditsPerDay: self = .creditsPerDay
    }
  }

  /// A value of this unit as people read it.
  func text(_ value: Int) -> String { self == .dollarsPerDay ? dollars(value) : Human.grouped(Int64(value)) }
}

/// A limit and its value: `concurrent=4`, `usd-per-day=5.00`.
struct LimitSetting: ParameterValue, Hashable {
  var unit: LimitUnitChoice
  var value: Int

  static func read(_ text: String) throws(ValueProblem) -> LimitSetting {
    let pair = try readPair(text)
    let unit = try LimitUnitChoice.read(pair.key)
    if unit == .dollarsPerDay { return LimitSetting(unit: unit, value: Int(try USDAmount.read(pair.value).pico)) }
    let value = try Int.read(pair.value)
    guard value >= 0 else { throw ValueProblem("less than nothing", remedy: "give 0 or more, or --clear the limit") }
    return LimitSetting(unit: unit, value: value)
  }

  private static func readPair(_ text: String) throws(ValueProblem) -> KeyValue {
    if let pair = try? KeyValue.read(text) { return pair }
    throw ValueProblem(
      "not of the form UNIT=VALUE", remedy: "give a unit and a value, as in concurrent=4 or usd-per-day=5")
  }

  var parameterText: String {
    let written = unit == .dollarsPerDay ? Money.exactText(pico: Int64(value)) : String(value)
    return "\(unit.rawValue)=\(written)"
  }
}

/// The table of `genbroker limits`.
func limitTable(_ limits: [AdminAPI.Limit]) -> Table {
  var table = Table([
    .init("SCOPE", shrinks: true), .init("LIMIT"), .init("VALUE", .right), .init("IN USE", .right),
  ])
  for limit in limits {
    let unit = LimitUnitChoice(limit.unit)
    let isReached = limit.used >= limit.value
    table.add([
      StyledText(limit.scope), StyledText(unit.rawValue), StyledText(unit.text(limit.value)),
      StyledText(unit.text(limit.used), isReached ? .yellow : nil),
    ])
  }
  return table
}

/// The accounts that nobody calls for now, one a line.
func parkedLines(_ parked: [AdminAPI.Parked], time: TimeText) -> [StyledText] {
  parked.map { StyledText("parked", .yellow) + StyledText(" \($0.account) \(parkingWords($0, time: time))") }
}

/// How long an account is parked, and why: `until 14:03:11 (in 59 s): rate_limited: slow down`.
func parkingWords(_ parked: AdminAPI.Parked, time: TimeText) -> String {
  "until \(TimeText.clock(Int64(parked.untilMs))) (\(Human.relative(milliseconds: Int64(parked.untilMs), now: time.now)))"
    + ": \(parked.reason)"
}
