/// Where a lease is in its life.
package enum LeaseState: String, Sendable, CaseIterable {
  /// Its worker is connected. Exits: every ended state, tainted, grace.
  case live
  /// A write under it was refused; only its end is accepted. Exits: failed, released, lost, expired, revoked, grace.
  case tainted
  /// The broker restarted; its worker may come back. Exits: live, expired, revoked.
  case grace
  case completed
  case failed
  case released
  /// The connection of its worker ended.
  case lost
  /// Its worker was silent, or did not come back after a restart.
  case expired
  /// The job was cancelled, or the task was taken from its worker.
  case revoked

  package var isOver: Bool {
    switch self {
    case .live, .tainted, .grace: false
    case .completed, .failed, .released, .lost, .expired, .revoked: true
    }
  }
}

/// What can happen to a lease.
package enum LeaseEvent: Sendable, Equatable, CaseIterable {
  /// A result, spawn or other write under it.
  case write
  /// Such a write was refused.
  case writeRefused
  case complete
  case fail
  case release
  case connectionEnded
  /// No sign of life for too long, or the grace is over.
  case timeUp
  case revoke
  case brokerRestarted
  case workerReturned
}

/// How a lease answers to an event.
package enum LeaseStep: Sendable, Equatable {
  case moved(LeaseState)
  /// The lease is over: the caller hears `StaleLease`.
  case stale
  /// The lease is tainted: the caller hears that only `Fail` and `Release` are left.
  case tainted
  /// The event cannot happen in this state.
  case refused
}

/// The life of a lease as a function.
package enum LeaseMachine {
  package static func step(_ state: LeaseState, _ event: LeaseEvent) -> LeaseStep {
    switch state {
    case .live: stepLive(event)
    case .tainted: stepTainted(event)
    case .grace: stepGrace(event)
    case .completed, .failed, .released, .lost, .expired, .revoked: stepOver(event)
    }
  }

  private static func stepLive(_ event: LeaseEvent) -> LeaseStep {
    switch event {
    case .write: .moved(.live)
    case .writeRefused: .moved(.tainted)
    case .complete: .moved(.completed)
    case .fail: .moved(.failed)
    case .release: .moved(.released)
    case .connectionEnded: .moved(.lost)
    case .timeUp: .moved(.expired)
    case .revoke: .moved(.revoked)
    case .brokerRestarted: .moved(.grace)
    case .workerReturned: .refused
    }
  }

  private static func stepTainted(_ event: LeaseEvent) -> LeaseStep {
    switch event {
    case .write, .writeRefused, .complete: .tainted
    case .fail: .moved(.failed)
    case .release: .moved(.released)
    case .connectionEnded: .moved(.lost)
    case .timeUp: .moved(.expired)
    case .revoke: .moved(.revoked)
    // A tainted lease does not come back: what its worker believes to be stored is not.
    case .brokerRestarted: .moved(.expired)
    case .workerReturned: .refused
    }
  }

  private static func stepGrace(_ event: LeaseEvent) -> LeaseStep {
    switch event {
    case .workerReturned: .moved(.live)
    case .timeUp: .moved(.expired)
    case .revoke: .moved(.revoked)
    case .brokerRestarted: .moved(.grace)
    // Nobody can speak for a lease before its worker has said Hello again.
    case .write, .writeRefused, .complete, .fail, .release: .stale
    case .connectionEnded: .refused
    }
  }

  private static func stepOver(_ event: LeaseEvent) -> LeaseStep {
    switch event {
    case .write, .complete, .fail, .release, .workerReturned: .stale
    case .writeRefused, .connectionEnded, .timeUp, .revoke, .brokerRestarted: .refused
    }
  }
}
