import BrokerClient
import CommandLine
import EventLoop
import FileSystem
import Wire

/// What `genbroker hook` does with hooks that are known: runs them, tries them, makes calls again.
struct HookDesk: Sendable {
  let hooks: [Hook]
  /// What the command line says of where their state is.
  let directoryGiven: String?
  let connection: ConnectionOptions
  let context: CommandContext
  let isQuiet: Bool
  let caller: HookCaller

  private func say(_ hook: Hook, _ text: String) { context.say("[\(hook.name)] \(text)") }

  /// The command that makes the calls of a hook again, wherever it is given.
  private func againCommand(_ hook: Hook) throws -> String {
    var words = ["genbroker", "hook", "--name", hook.name, "--again"]
    if try connection.isNamed(context) { words += ["--socket", try FileTree.absolute(connection.path(context))] }
    if let directoryGiven { words += ["--state", try FileTree.absolute(directoryGiven)] }
    return shellLine(words)
  }

  // MARK: Running

  private struct Stopped: Error {}

  /// Runs all hooks, each with a connection and a cursor of its own, so that none waits for another one's receiver.
  ///
  /// - parameters:
  ///   - directory: where their state is.
  ///   - since: where a hook begins that has no cursor.
  func run(_ directory: String, since: Int?) async throws -> ExitCode {
    let interrupts = try await Interrupts.watch(on: context.loop)
    var runners: [HookRunner] = []
    for hook in hooks {
      let state = try HookState(hook.name, in: directory, locks: true)
      if let origin = hook.origin { try state.write(origin) }
      runners.append(
        try await HookRunner(
          hook, state, caller, since: since, again: try againCommand(hook), connection, context
        ) { say(hook, $0) })
    }
    if !isQuiet {
      let names = zip(hooks, runners).map { "\($0.name) from event \($1.cursor.number) on" }
      context.say("genbroker hook: ready: \(names.joined(separator: ", "))")
    }
    do {
      try await run(runners, interrupts)
    } catch is Stopped {}
    await caller.close()
    return .done
  }

  private func run(_ runners: [HookRunner], _ interrupts: Interrupts) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for runner in runners {
        group.addTask {
          var runner = runner
          try await runner.run()
        }
      }
      group.addTask {
        for await _ in interrupts.signals() { throw Stopped() }
      }
      defer { group.cancelAll() }
      do {
        try await group.next()
      } catch {
        // The calls under way have a moment; who does not want to wait for it asks again.
        Task { for await signal in interrupts.signals() { Interrupts.die(of: signal) } }
        throw error
      }
    }
  }

  // MARK: Single calls

  /// Calls every hook once for a job, whatever it is and whatever the hooks wait for.
  func test(_ reference: JobReference) async throws -> ExitCode {
    let job = try await connection.call(JobsAPI.Show(job: reference.number), context).job
    let nowMs = Int(WallClock.nowMs())
    var areAllDone = true
    for hook in hooks {
      let call = HookCall(
        hook: hook.name, delivery: "test-\(job.job)-\(nowMs)-\(hook.name)", atMs: job.endedMs ?? nowMs,
        state: job.state,
        reason: job.reason, job: job)
      areAllDone = await make(call, hook) == nil && areAllDone
    }
    await caller.close()
    return areAllDone ? .done : .failed
  }

  /// Makes the calls again that were given up, in their order, once each; those that succeed are forgotten.
  ///
  /// - parameter directory: where their state is.
  func again(_ directory: String) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let history = HookCursor(try await broker.currentCursor(of: nil), atMs: 0).history
    await broker.close()
    var areAllDone = true
    for hook in hooks {
      let undelivered = try HookState(hook.name, in: directory, locks: false).undelivered
      for lost in try undelivered.all() {
        guard lost.history == history else {
          let place = undelivered.path(lost.delivery)
          say(hook, "job \(lost.job): kept: it ended in another store, or in this one before a restore; see '\(place)'")
          areAllDone = false
          continue
        }
        areAllDone = try await again(lost, undelivered, hook) && areAllDone
      }
    }
    await caller.close()
    return areAllDone ? .done : .failed
  }

  /// - returns: false when the call is still to be made.
  private func again(_ lost: UndeliveredCall, _ undelivered: UndeliveredCalls, _ hook: Hook) async throws -> Bool {
    guard let job = try await connection.job(lost.job, context) else {
      say(hook, "job \(lost.job) was pruned: its call is forgotten")
      try undelivered.remove(lost.delivery)
      return true
    }
    let call = HookCall(
      hook: hook.name, delivery: lost.delivery, event: lost.event, atMs: lost.atMs, state: lost.state,
      reason: lost.reason, job: job)
    if let why = await make(call, hook) {
      try undelivered.add(UndeliveredCall(call, why: why, givenUpMs: Int(WallClock.nowMs())))
      return false
    }
    try undelivered.remove(lost.delivery)
    return true
  }

  /// - returns: why it did not succeed; nil when it did.
  private func make(_ call: HookCall, _ hook: Hook) async -> String? {
    switch await caller.call(hook, call, attempt: 1) {
    case .delivered:
      if !isQuiet { say(hook, "told of job \(call.job.job) (\(call.state.rawValue))") }
      return nil
    case .failed(let why, _), .refused(let why):
      say(hook, "job \(call.job.job): \(why)")
      return why
    case .stopped: return "stopped"
    }
  }
}
