/// Where a task is in its life.
package enum TaskState: String, Sendable, CaseIterable {
  /// Waits for other tasks. Exits: ready, failed (a need that nothing can create), skipped, cancelled.
  case blocked
  /// May be leased, at once or when its time has come. Exits: leased, succeeded (from the store), cancelled.
  case ready
  /// A worker holds it. Exits: succeeded, ready, failed, cancelled.
  case leased
  /// Done. Exits: blocked or ready by a new generation.
  case succeeded
  /// Given up (dead letter). Exits: blocked or ready by a retry.
  case failed
  /// Cannot run because a need failed. Exits: blocked or ready by a retry.
  case skipped
  /// Ended by a user. Exits: blocked or ready by a retry.
  case cancelled

  package var isFinal: Bool {
    switch self {
    case .blocked, .ready, .leased: false
    case .succeeded, .failed, .skipped, .cancelled: true
    }
  }
}

/// What can happen to a task.
package enum TaskEvent: Sendable, Equatable {
  /// One of its needs is met.
  case needMet
  /// One of its needs ended without success (policy `all`).
  case needFailed
  /// A need that nothing live can still create.
  case needMissing
  /// A worker gets it.
  case leased
  /// Its results are taken from the store.
  case reused
  /// Its worker reports it done.
  case completed
  /// Its plugin reports a failure.
  case failed(retryable: Bool)
  /// Its worker or plugin died.
  case crashed
  /// Its lease ended without fault: given back, rate limited, broker stopped.
  case released
  /// A user ends it.
  case cancelled
  /// A user puts it back; `unmet` needs are still open.
  case retried(unmet: Int)
  /// A user wants it made again although it is done; `unmet` needs are still open.
  case regenerated(unmet: Int)
}

/// The part of a task that decides what happens to it.
package struct TaskFacts: Sendable, Equatable {
  package var state: TaskState
  /// Needs that are not met yet; above 0 exactly while the task is blocked.
  package var unmet: Int
  /// Failures of this generation.
  package var attempts: Int
  /// Deaths of its worker or plugin in this generation.
  package var crashes: Int
  package var maxAttempts: Int
  package var maxCrashes: Int

  package init(
    state: TaskState, unmet: Int = 0, attempts: Int = 0, crashes: Int = 0,
    maxAttempts: Int = ModelLimits.attemptsDefault, maxCrashes: Int = ModelLimits.crashesDefault
  ) {
    self.state = state
    self.unmet = unmet
    self.attempts = attempts
    self.crashes = crashes
    self.maxAttempts = maxAttempts
    self.maxCrashes = maxCrashes
  }
}

/// How a task answers to an event.
package enum TaskStep: Sendable, Equatable {
  /// The task is now so. With `backsOff` it waits before its next lease.
  case moved(TaskFacts, backsOff: Bool)
  /// The event cannot happen in this state; nothing changes.
  case refused
}

/// The life of a task as a function: no I/O, no clock, no randomness.
package enum TaskMachine {
  /// What `event` makes of a task.
  package static func step(_ facts: TaskFacts, _ event: TaskEvent) -> TaskStep {
    switch facts.state {
    case .blocked: stepBlocked(facts, event)
    case .ready: stepReady(facts, event)
    case .leased: stepLeased(facts, event)
    case .succeeded: stepSucceeded(facts, event)
    case .failed, .skipped, .cancelled: stepEnded(facts, event)
    }
  }

  private static func stepBlocked(_ facts: TaskFacts, _ event: TaskEvent) -> TaskStep {
    switch event {
    case .needMet:
      var next = facts
      next.unmet -= 1
      if next.unmet == 0 { next.state = .ready }
      return .moved(next, backsOff: false)
    case .needFailed: return moved(facts, to: .skipped)
    case .needMissing: return moved(facts, to: .failed)
    case .cancelled: return moved(facts, to: .cancelled)
    case .leased, .reused, .completed, .failed, .crashed, .released, .retried, .regenerated: return .refused
    }
  }

  private static func stepReady(_ facts: TaskFacts, _ event: TaskEvent) -> TaskStep {
    switch event {
    case .leased: moved(facts, to: .leased)
    case .reused: moved(facts, to: .succeeded)
    case .cancelled: moved(facts, to: .cancelled)
    case .needMet, .needFailed, .needMissing, .completed, .failed, .crashed, .released, .retried, .regenerated:
      .refused
    }
  }

  private static func stepLeased(_ facts: TaskFacts, _ event: TaskEvent) -> TaskStep {
    var next = facts
    switch event {
    case .completed: return moved(facts, to: .succeeded)
    case .failed(let retryable):
      next.attempts += 1
      next.state = retryable && next.attempts < next.maxAttempts ? .ready : .failed
      return .moved(next, backsOff: next.state == .ready)
    case .crashed:
      next.crashes += 1
      // A dead worker is no reason to wait: the next one gets the task at once.
      next.state = next.crashes < next.maxCrashes ? .ready : .failed
      return .moved(next, backsOff: false)
    case .released: return moved(facts, to: .ready)
    case .cancelled: return moved(facts, to: .cancelled)
    case .needMet, .needFailed, .needMissing, .leased, .reused, .retried, .regenerated: return .refused
    }
  }

  private static func stepEnded(_ facts: TaskFacts, _ event: TaskEvent) -> TaskStep {
    switch event {
    case .retried(let unmet): return anew(facts, unmet: unmet)
    case .needMet, .needFailed, .needMissing, .leased, .reused, .completed, .failed, .crashed, .released, .cancelled,
      .regenerated:
      return .refused
    }
  }

  private static func stepSucceeded(_ facts: TaskFacts, _ event: TaskEvent) -> TaskStep {
    switch event {
    case .regenerated(let unmet): return anew(facts, unmet: unmet)
    case .needMet, .needFailed, .needMissing, .leased, .reused, .completed, .failed, .crashed, .released, .cancelled,
      .retried:
      return .refused
    }
  }

  /// With fresh attempts.
  private static func anew(_ facts: TaskFacts, unmet: Int) -> TaskStep {
    var next = facts
    next.attempts = 0
    next.crashes = 0
    next.unmet = unmet
    next.state = unmet == 0 ? .ready : .blocked
    return .moved(next, backsOff: false)
  }

  private static func moved(_ facts: TaskFacts, to state: TaskState) -> TaskStep {
    var next = facts
    next.state = state
    return .moved(next, backsOff: false)
  }
}
