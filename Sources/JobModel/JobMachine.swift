/// Where a job is in its life.
package enum JobState: String, Sendable, CaseIterable {
  /// Nothing of it has run. Exits: running, paused, cancelled, succeeded, failed.
  case pending
  /// Exits: paused, succeeded, failed, cancelled.
  case running
  /// Gets no new leases. Exits: pending, running, succeeded, failed, cancelled.
  case paused
  /// Every task is done and every declared output is there. Exits: running, by making tasks again.
  case succeeded
  /// Exits: running, by a retry or by making tasks again.
  case failed
  /// Exits: running, by a retry or by making tasks again.
  case cancelled

  package var isFinal: Bool {
    switch self {
    case .pending, .running, .paused: false
    case .succeeded, .failed, .cancelled: true
    }
  }
}

/// What can happen to a job.
package enum JobEvent: Sendable, Equatable, CaseIterable {
  /// A task of it was leased, or taken from the store.
  case taskLeased
  case pause
  case resume
  case cancel
  /// Its tasks may all have ended: look at the counts.
  case settle
  case retry
  /// Tasks that are done are made again.
  case regenerate
}

/// The part of a job that decides what happens to it.
package struct JobFacts: Sendable, Equatable {
  package var state: JobState
  /// False while its submitter adds tasks.
  package var isSealed: Bool
  /// True once a task was leased or taken from the store.
  package var hasStarted: Bool
  /// Tasks that are blocked, ready or leased.
  package var live: Int
  /// Tasks that failed, were skipped or cancelled.
  package var unsuccessful: Int
  /// Declared outputs that do not exist in the store.
  package var outputsMissing: Int

  package init(
    state: JobState, isSealed: Bool = true, hasStarted: Bool = false, live: Int = 0, unsuccessful: Int = 0,
    outputsMissing: Int = 0
  ) {
    self.state = state
    self.isSealed = isSealed
    self.hasStarted = hasStarted
    self.live = live
    self.unsuccessful = unsuccessful
    self.outputsMissing = outputsMissing
  }
}

/// How a job answers to an event.
package enum JobStep: Sendable, Equatable {
  case moved(JobState)
  /// Nothing to do; the event is answered as done.
  case unchanged
  /// The event is not allowed in this state.
  case refused
}

/// The life of a job as a function.
package enum JobMachine {
  package static func step(_ facts: JobFacts, _ event: JobEvent) -> JobStep {
    switch event {
    case .taskLeased: taskLeased(facts.state)
    case .pause: pause(facts.state)
    case .resume: resume(facts)
    case .cancel: cancel(facts.state)
    case .settle: settle(facts)
    case .retry: retry(facts.state)
    case .regenerate: regenerate(facts.state)
    }
  }

  private static func taskLeased(_ state: JobState) -> JobStep {
    switch state {
    case .pending: .moved(.running)
    case .running: .unchanged
    case .paused, .succeeded, .failed, .cancelled: .refused
    }
  }

  private static func pause(_ state: JobState) -> JobStep {
    switch state {
    case .pending, .running: .moved(.paused)
    case .paused: .unchanged
    case .succeeded, .failed, .cancelled: .refused
    }
  }

  private static func resume(_ facts: JobFacts) -> JobStep {
    switch facts.state {
    case .paused: .moved(facts.hasStarted ? .running : .pending)
    case .pending, .running: .unchanged
    case .succeeded, .failed, .cancelled: .refused
    }
  }

  private static func cancel(_ state: JobState) -> JobStep {
    switch state {
    case .pending, .running, .paused: .moved(.cancelled)
    case .cancelled: .unchanged
    case .succeeded, .failed: .refused
    }
  }

  /// A job ends when no task is live; `succeeded` is true only when every task is and every declared output exists.
  private static func settle(_ facts: JobFacts) -> JobStep {
    switch facts.state {
    case .succeeded, .failed, .cancelled: return .unchanged
    case .pending, .running, .paused:
      guard facts.isSealed, facts.live == 0 else { return .unchanged }
      return .moved(facts.unsuccessful == 0 && facts.outputsMissing == 0 ? .succeeded : .failed)
    }
  }

  private static func retry(_ state: JobState) -> JobStep {
    switch state {
    case .failed, .cancelled: .moved(.running)
    case .pending, .running, .paused, .succeeded: .refused
    }
  }

  private static func regenerate(_ state: JobState) -> JobStep {
    switch state {
    case .succeeded, .failed, .cancelled: .moved(.running)
    case .pending, .running, .paused: .refused
    }
  }
}
