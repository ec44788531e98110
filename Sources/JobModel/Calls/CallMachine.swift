/// Where a model call is in its life.
package enum CallState: String, Sendable, CaseIterable {
  /// It may be made, and what it takes at most is put aside. Exits: all others.
  case reserved
  /// Its answer is stored and is that of its question from now on.
  case settled
  /// It was answered and paid for, and another answer of the same question stood already.
  case wasted
  /// Its answer is paid for and cannot be used.
  case rejected
  /// It brought no answer and cost nothing.
  case failed
  /// It was never sent.
  case unsent
  /// Nobody knows what became of it; it may have cost something. Exits: settled, wasted, rejected, failed, unsent.
  case unknown

  /// Whether it was paid for.
  package var isPaid: Bool {
    switch self {
    case .settled, .wasted, .rejected: true
    case .reserved, .failed, .unsent, .unknown: false
    }
  }

  /// Whether nothing that is still to be learned of it changes it.
  package var isFinal: Bool {
    switch self {
    case .reserved, .unknown: false
    case .settled, .wasted, .rejected, .failed, .unsent: true
    }
  }
}

/// What can happen to a model call.
package enum CallEvent: Sendable, Equatable, CaseIterable {
  /// Its answer has come, the first one of its question.
  case answered
  /// Its answer has come, and another one of the same question stands already.
  case answeredAgain
  case rejected
  case failed
  case unsent
  /// Its worker does not know, or is gone.
  case lost
}

/// How a model call answers to an event.
package enum CallStep: Sendable, Equatable {
  case moved(CallState)
  /// It is so already, or what is known is better than what is told.
  case unchanged
  /// It has ended in another way.
  case refused
}

/// The life of a model call as a function.
package enum CallMachine {
  package static func step(_ state: CallState, _ event: CallEvent) -> CallStep {
    switch state {
    case .reserved: .moved(next(event))
    case .unknown: event == .lost ? .unchanged : .moved(next(event))
    case .settled, .wasted: stepAnswered(event)
    case .rejected, .failed, .unsent: stepEnded(as: state, event)
    }
  }

  private static func next(_ event: CallEvent) -> CallState {
    switch event {
    case .answered: .settled
    case .answeredAgain: .wasted
    case .rejected: .rejected
    case .failed: .failed
    case .unsent: .unsent
    case .lost: .unknown
    }
  }

  private static func stepAnswered(_ event: CallEvent) -> CallStep {
    switch event {
    case .answered, .answeredAgain, .lost: .unchanged
    case .rejected, .failed, .unsent: .refused
    }
  }

  private static func stepEnded(as state: CallState, _ event: CallEvent) -> CallStep {
    event == .lost || next(event) == state ? .unchanged : .refused
  }
}
