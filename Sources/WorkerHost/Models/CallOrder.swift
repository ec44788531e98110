import ModelAPI
import Wire

/// Which model is asked next for one question, and when it is of no use any more: the first of the job's models that may be
/// called, the others where that one cannot. Without clock, chance and input or output.
///
/// The user's own limits are waited for; the next model takes over only where the provider refuses or fails.
struct CallOrder {
  /// What to do next.
  enum Step: Equatable {
    /// Ask the broker for a call of the model at this place.
    case reserve(place: Int)
    /// Do nothing before the broker says so, or this time has passed, whichever is first; then tell ``woken()``.
    case wait(ms: Int64?)
    /// Do nothing for this time; then tell ``again()``.
    case rest(ms: Int64)
    /// The question has no answer.
    case end(PluginFailure)
  }

  private let count: Int
  private var place = 0
  /// The tries of each model.
  private var plans: [RetryPlan]
  /// Why the models before this one were passed over, for people.
  private var passedOver: [String] = []
  /// The shortest time after which one of the models that were passed over may be asked again.
  private var comeBackMs: Int64?
  /// The class of the failure that most of them share; that of the last one.
  private var lastClass = ""
  /// A failure of the request that another attempt would only repeat.
  private var isFinal = true
  /// For how long nobody is to call the account of the call that has failed last; nil when it may be called at once.
  private(set) var parkMs: Int64?

  /// - Parameter count: how many models there are, at least one.
  init(count: Int) {
    precondition(count > 0, "a question without a model is refused before")
    self.count = count
    plans = Array(repeating: RetryPlan(), count: count)
  }

  /// The beginning.
  func start() -> Step { .reserve(place: place) }

  /// The time of a wait is over: all models come into question again, in their order.
  mutating func woken() -> Step {
    (place, passedOver, comeBackMs, isFinal) = (0, [], nil, true)
    return .reserve(place: place)
  }

  /// The broker says that the call has to wait.
  ///
  /// - Parameters:
  ///   - reason: the broker's word for it.
  ///   - ms: absent when the broker says by itself when the time has come.
  mutating func mustWait(_ reason: String, ms: Int64?, _ message: String) -> Step {
    guard let ms else { return .wait(ms: nil) }
    if reason == Self.parked, place + 1 < count {
      return passOver(message, "rate_limited", comeBackMs: ms)
    }
    guard ms > ModelTimes.longestStayMs else { return .wait(ms: ms) }
    return passOver(message, "rate_limited", comeBackMs: ms)
  }

  /// The broker says that the call may not be made.
  mutating func refused(_ reason: String, _ message: String) -> Step {
    guard reason == Self.priceUnknown else {
      return .end(PluginFailure(message: message, errorClass: ModelDesk.budgetClass, retryable: true))
    }
    return passOver(message, reason, comeBackMs: nil)
  }

  /// The model cannot be asked from here at all.
  mutating func cannotBeAsked(_ message: String) -> Step {
    isFinal = false  // another worker may have the key
    return passOver(message, "no_model", comeBackMs: nil)
  }

  /// The call has failed. ``parkMs`` is that of its account then.
  ///
  /// - Parameter random: 0 up to 1, for the jitter of a wait.
  mutating func failed(_ failure: ModelAPI.CallFailure, random: Double) -> Step {
    let name = failure.failureClass.rawValue
    let next = plans[place].next(after: failure, random: random)
    parkMs = Self.parkMs(failure, next)
    switch (failure.kind, next) {
    case (.failAccount, _):
      return passOver(failure.message, name, comeBackMs: ModelTimes.parkAccountMs)
    // The account is parked: another one need not wait, and how long this one has to the broker knows.
    case (.retryAfter(let ms), .retry):
      return place + 1 < count ? passOver(failure.message, name, comeBackMs: ms) : .reserve(place: place)
    case (.retryAfter, .comeBack(let ms)): return passOver(failure.message, name, comeBackMs: ms)
    case (_, .retry(let ms)): return .rest(ms: ms)
    case (_, .comeBack(let ms)):
      isFinal = false
      return passOver(failure.message, name, comeBackMs: Self.isBusyOrAway(failure) ? ms : nil)
    case (_, .giveUp): return passOver(failure.message, name, comeBackMs: nil)
    }
  }

  /// The model has answered twice, and nothing that can be used.
  mutating func unusable(_ message: String) -> Step {
    isFinal = false
    return passOver(message, "bad_answer", comeBackMs: nil)
  }

  /// The model would not answer, or a filter of its provider has taken the answer away; another one may.
  mutating func refusedByModel(_ message: String) -> Step {
    passOver(message, "model_refused", comeBackMs: nil)
  }

  /// The same model once more: after a rest, or with another request.
  func again() -> Step { .reserve(place: place) }

  /// The next model, or the end.
  private mutating func passOver(_ message: String, _ name: String, comeBackMs ms: Int64?) -> Step {
    passedOver.append(message)
    lastClass = name
    if let ms { comeBackMs = min(comeBackMs ?? ms, ms) }
    place += 1
    guard place >= count else { return .reserve(place: place) }
    return .end(ending)
  }

  /// Whoever may be asked again later is waited for without an attempt being charged.
  private var ending: PluginFailure {
    let message = passedOver.joined(separator: "; ")
    if let comeBackMs {
      return PluginFailure(
        message: message, errorClass: "rate_limited", retryable: true, retryAfterMs: Int(comeBackMs))
    }
    return PluginFailure(message: message, errorClass: lastClass, retryable: !isFinal)
  }

  /// The provider does no work for the time being: nobody is to blame for that.
  private static func isBusyOrAway(_ failure: ModelAPI.CallFailure) -> Bool {
    switch failure.failureClass {
    case .connectFailed, .timeoutConnect, .overloaded, .rateLimited: true
    default: false
    }
  }

  /// What the provider asks for; where it refuses the account without a time, and goes on to, the time of the plan.
  private static func parkMs(_ failure: ModelAPI.CallFailure, _ next: RetryPlan.Step) -> Int64? {
    switch (failure.kind, next) {
    case (.failAccount, _): ModelTimes.parkAccountMs
    case (.retryAfter(let ms), _): ms
    case (_, .comeBack(let ms)) where failure.failureClass == .rateLimited: ms
    default: nil
    }
  }

  private static let parked = "parked"
  private static let priceUnknown = "price_unknown"
}

/// The times of model calls that the worker decides on, in milliseconds.
enum ModelTimes {
  /// A lease is kept so long for a wait of a known time; for a longer one the task goes back, and its slot is for others.
  static let longestStayMs: Int64 = 1_000
  /// Who is to be told when his turn has come asks by himself after this time: nobody can be told on a broken connection.
  static let askAgainMs: Int64 = 30_000
  /// An account that is out of money or has a bad key is left alone so long: until somebody has seen to it.
  static let parkAccountMs: Int64 = 15 * 60_000
  /// A call that was granted is begun within this time, or given back.
  static let goIsGoodMs: Int64 = 10_000
}
