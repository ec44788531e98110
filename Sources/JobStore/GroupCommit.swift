import SQLite

/// One command for the store, on its way there and back.
///
/// It is made by the thread that wants it done, run by the store's thread, and delivered on the first thread again.
package protocol StoreCommand: AnyObject, Sendable {
  /// Runs on the store's thread, inside `JobStore.attempt`, and perhaps more than once: the last run counts. It keeps its
  /// outcome to itself until `deliver`.
  func run(on store: JobStore, now: Int64)
  /// Gives up what it has done, with the reason: its transaction did not come to its end.
  func abandon(_ error: StoreError)
  /// Tells the outcome; called on the thread that made the command.
  func deliver()
}

/// What a group has brought.
package struct GroupOutcome: Sendable {
  /// Leases given and taken back.
  package let effects: [StoreEffect]
  /// When the next waiting task becomes due, ms UTC.
  package let nextDueMs: Int64?
  /// Number of the last event.
  package let eventHigh: Int64
}

/// Runs a group of commands as one transaction: one commit for all, then whatever can be leased. A command that fails takes
/// nothing with it: if it has changed anything before, the group runs again, each command in a savepoint.
///
/// DESIGN, "Group commit" and "Commit" of the rules for the hard cases: when SQLite has rolled the whole transaction
/// back, no member is answered; they run again, each alone.
package struct GroupCommit {
  private let store: JobStore

  package init(_ store: JobStore) {
    self.store = store
  }

  /// Runs the group and commits it; nothing of it is on disk before `LogSync.run`.
  ///
  /// - Throws: `StoreError.failed` when it is not known whether the commit happened: answer nobody and stop.
  package func run(_ commands: [any StoreCommand], now: Int64) throws -> GroupOutcome {
    do {
      return try together(commands, now: now)
    } catch let error as CommitUnknown {
      throw StoreError.failed(error.reason)
    } catch let error as SQLiteError where error.code.isBusy {
      // Each of them alone would wait for the lock as long as all of them have.
      store.rollback()
      for command in commands { command.abandon(StoreError(error)) }
      return outcomeToRetry([], now: now)
    } catch {
      // Whose error it was shows when each runs alone.
      store.rollback()
      return try oneByOne(commands, now: now)
    }
  }

  /// No lease was looked for: that is tried again soon.
  private func outcomeToRetry(_ effects: [StoreEffect], now: Int64) -> GroupOutcome {
    GroupOutcome(effects: effects, nextDueMs: now + GroupCommit.retryMs, eventHigh: store.eventHigh)
  }

  private struct CommitUnknown: Error {
    let reason: String
  }

  private struct TransactionLost: Error {}

  /// A command has failed and left something behind.
  private struct LeftoversFound: Error {}

  private func together(_ commands: [any StoreCommand], now: Int64) throws -> GroupOutcome {
    defer { store.usesSavepoints = true }
    do {
      store.usesSavepoints = false
      return try inOneTransaction(commands, now: now)
    } catch is LeftoversFound {
      store.rollback()
      store.usesSavepoints = true
      return try inOneTransaction(commands, now: now)
    }
  }

  private func inOneTransaction(_ commands: [any StoreCommand], now: Int64) throws -> GroupOutcome {
    try store.begin()
    for command in commands {
      command.run(on: store, now: now)
      guard store.isInTransaction else { throw TransactionLost() }
      if store.hasLeftovers { throw LeftoversFound() }
    }
    let nextDueMs = try store.dispatch(now: now)
    try commit()
    return GroupOutcome(effects: store.takeEffects(), nextDueMs: nextDueMs, eventHigh: store.eventHigh)
  }

  private func commit() throws {
    // Up to here nothing can be in the log that recovery would take for committed.
    try store.writeBack()
    do {
      try store.commit()
    } catch {
      // A full disk is found before anything is written into the log's last frame: the transaction is still open or
      // was rolled back. Anything else may show up again after recovery.
      if case .full = StoreError(error) { throw error }
      throw CommitUnknown(reason: String(describing: error))
    }
  }

  private func oneByOne(_ commands: [any StoreCommand], now: Int64) throws -> GroupOutcome {
    var effects: [StoreEffect] = []
    for command in commands {
      do {
        try store.begin()
        command.run(on: store, now: now)
        if store.isInTransaction { try commit() } else { store.rollback() }
        effects += store.takeEffects()
      } catch let error as CommitUnknown {
        throw StoreError.failed(error.reason)
      } catch {
        store.rollback()
        command.abandon(StoreError(error))
      }
    }
    return outcomeToRetry(effects, now: now)
  }

  /// When a disk error has kept leases from being given, they are tried again after this time.
  package static let retryMs: Int64 = 1_000
}
