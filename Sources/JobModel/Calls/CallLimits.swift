/// What a limit of model calls is about.
package enum LimitScope: Hashable, Sendable {
  case all
  case provider(String)
  case model(ModelName)
  /// One user.
  case user(UserID)
  /// Each user for whom nothing else was said.
  case users

  /// - Throws: `NameError` for what is none.
  package init(_ text: String) throws(NameError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count > 1 ? parts[1] : nil) {
    case ("all", nil): self = .all
    case ("users", nil): self = .users
    case ("provider", let name?): self = .provider(try ModelName.provider(name))
    case ("model", let name?): self = .model(try ModelName(name))
    case ("user", let number?):
      guard let uid = UInt32(number), String(uid) == number, uid != UserID.nobody.value else { fallthrough }
      self = .user(UserID(uid))
    default:
      throw NameError(
        "'\(visible(text))' is no scope of a limit",
        remedy: "use all, provider:NAME, model:PROVIDER/MODEL, user:UID or users")
    }
  }

  /// As it is stored and told.
  package var text: String {
    switch self {
    case .all: "all"
    case .provider(let name): "provider:\(name)"
    case .model(let name): "model:\(name)"
    case .user(let user): "user:\(user)"
    case .users: "users"
    }
  }

  /// Whether a call to a model falls under it.
  func holds(_ provider: String, _ model: String) -> Bool {
    switch self {
    case .all: true
    case .provider(let name): name == provider
    case .model(let name): name.provider == provider && name.model == model
    case .user, .users: false
    }
  }
}

/// What a limit counts.
package enum LimitUnit: String, Hashable, Sendable, CaseIterable {
  /// Calls at a time.
  case concurrent
  case requestsPerMinute = "requests_per_minute"
  case tokensPerMinute = "tokens_per_minute"
  case picoUSDPerDay = "pico_usd_per_day"
  case callsPerDay = "calls_per_day"
  case tokensPerDay = "tokens_per_day"
  case creditsPerDay = "credits_per_day"

  /// As people write it: `usd-per-day`.
  package var name: String {
    self == .picoUSDPerDay ? "usd-per-day" : rawValue.split(separator: "_").joined(separator: "-")
  }

  /// The unit of a budget of a day; `nil` for what is not counted by day.
  package var ofDay: Spent.Unit? {
    switch self {
    case .concurrent, .requestsPerMinute, .tokensPerMinute: nil
    case .picoUSDPerDay: .picoUSD
    case .callsPerDay: .calls
    case .tokensPerDay: .tokens
    case .creditsPerDay: .credits
    }
  }
}

/// The limits that are in force.
package struct CallLimits: Sendable {
  /// What a limit is known by.
  package struct Key: Hashable, Sendable {
    package let scope: LimitScope
    package let unit: LimitUnit

    /// - Throws: `NameError` when the two do not go together.
    package init(_ scope: LimitScope, _ unit: LimitUnit) throws(NameError) {
      let isOfDay = unit.ofDay != nil
      let fits =
        switch scope {
        case .all: true
        case .provider, .model: !isOfDay
        case .user, .users: isOfDay
        }
      guard fits else {
        throw NameError(
          "no limit '\(unit.name)' is set for '\(scope.text)'",
          remedy: isOfDay
            ? "limits of a day are for all, user:UID or users"
            : "calls at a time and a minute are limited for all, provider:NAME or model:PROVIDER/MODEL")
      }
      self.scope = scope
      self.unit = unit
    }

    fileprivate init(known scope: LimitScope, _ unit: LimitUnit) { (self.scope, self.unit) = (scope, unit) }
  }

  package var values: [Key: Int64]

  package init(_ values: [Key: Int64] = [:]) { self.values = values }

  package subscript(scope: LimitScope, unit: LimitUnit) -> Int64? { values[Key(known: scope, unit)] }

  /// The scopes that a call to a model falls under, the widest first.
  package static func scopes(of model: ModelName) -> [LimitScope] {
    [.all, .provider(model.provider), .model(model)]
  }

  /// Whether anything is limited by the minute.
  package var haveRates: Bool {
    values.keys.contains { $0.unit == .requestsPerMinute || $0.unit == .tokensPerMinute }
  }

  /// What all may take in a day together.
  package var budgetOfDay: Budget { budget { self[.all, $0] } }

  /// What a user may take in a day.
  package func budgetOfDay(of user: UserID) -> Budget { budget { self[.user(user), $0] ?? self[.users, $0] } }

  private func budget(_ value: (LimitUnit) -> Int64?) -> Budget {
    var budget = Budget()
    for unit in LimitUnit.allCases {
      if let kind = unit.ofDay { budget[kind] = value(unit) }
    }
    return budget
  }

  /// Why a call has to wait for the minute to pass.
  package struct RateWait: Sendable, Equatable {
    package let scope: LimitScope
    package let unit: LimitUnit
    package let ms: Int64
  }

  /// The longest wait that limits by the minute ask of a call; `nil` when it may be made at once.
  package func rateWait(_ model: ModelName, tokens: Int64, _ window: RateWindow, now: Int64) -> RateWait? {
    var waits: [RateWait] = []
    for scope in CallLimits.scopes(of: model) {
      if let max = self[scope, .requestsPerMinute] {
        let ms = max > 0 ? window.waitMs(calls: max, in: scope, now: now) : RateWindow.lengthMs
        waits.append(RateWait(scope: scope, unit: .requestsPerMinute, ms: ms))
      }
      if let max = self[scope, .tokensPerMinute] {
        let ms = max > 0 ? window.waitMs(tokens: tokens, max: max, in: scope, now: now) : RateWindow.lengthMs
        waits.append(RateWait(scope: scope, unit: .tokensPerMinute, ms: ms))
      }
    }
    return waits.filter { $0.ms > 0 }.max { $0.ms < $1.ms }
  }
}
