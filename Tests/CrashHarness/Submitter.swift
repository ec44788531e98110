import BrokerClient
import Digest
import EventLoop
import JSON
import TestSupport
import Wire

/// A client that submits jobs, steers them, and watches each of them to its end.
final class Submitter {
  /// What is known of a job from what the broker has said.
  private struct Job {
    let shape: JobShape
    var isSealed: Bool
    var hasEnded = false
    var wasRetried = false
    var cursor = "0"
  }

  private static let liveMax = 2

  private let name: String
  private let place: CrashPlace
  private let loop: EventLoop
  private let log: ClientLog
  private var random: SeededRandom
  private var jobs: [Int: Job] = [:]
  private var submitted = 0
  private var inputs: [JobsAPI.InputRef] = []

  /// Remembers what it was told before its last death.
  init(name: String, at place: CrashPlace, on loop: EventLoop) throws {
    (self.name, self.place, self.loop) = (name, place, loop)
    let past = ClientLog.read(place.log(of: name))
    random = SeededRandom(seed: UInt64(past.count))
    log = try ClientLog(appendingTo: place.log(of: name))
    for told in past { learn(told) }
  }

  private func learn(_ told: Told) {
    switch told {
    case .submitted(let key, let job, _):
      guard jobs[job] == nil else { return }
      submitted += 1
      let shape = JobShape(key: key)
      jobs[job] = Job(shape: shape, isSealed: shape.kind != .bare)
    case .sealed(let job): jobs[job]?.isSealed = true
    case .ended(let job, _): jobs[job]?.hasEnded = true
    case .retried(let job):
      jobs[job]?.hasEnded = false
      jobs[job]?.wasRetried = true
    case .historyOfJob(let job, _, let cursor): jobs[job]?.cursor = cursor
    default: break
    }
  }

  private func note(_ told: Told) throws {
    try log.add(told)
    learn(told)
  }

  private var live: [Int] { jobs.filter { !$0.value.hasEnded }.keys.sorted() }

  func run() async throws {
    try await overConnections(place, on: loop) { [self] connection in
      if inputs.isEmpty { try await uploadInputs(connection) }
      while !place.isFinishing || !live.isEmpty {
        try await act(connection)
        // A pace at which the broker has other things to do as well.
        try await Task.sleep(for: .milliseconds(12))
      }
      return true
    }
  }

  private func act(_ connection: BrokerConnection) async throws {
    for job in live where jobs[job]?.isSealed == false { try await seal(job, connection) }
    if !place.isFinishing, live.count < Self.liveMax {
      try await submit("\(name)-\(submitted + 1)", connection)
      if random.chance(percent: 20) { try await submit("\(name)-\(submitted)", connection) }
    }
    for job in live { try await look(job, connection) }
    if place.isFinishing {
      for job in live { try await settle { _ = try await connection.call(JobsAPI.Resume(job: job)) } }
    } else {
      try await doSomething(connection)
    }
  }

  private func doSomething(_ connection: BrokerConnection) async throws {
    switch random.next() % 20 {
    case 0 where submitted > 0:
      try await submit("\(name)-\(1 + Int(random.next() % UInt64(submitted)))", connection)
    case 1: try await uploadSomething(connection)
    case 2...5: try await steer(connection)
    case 6...9: try await watch(connection)
    default: break
    }
  }

  // MARK: Submitting

  private func uploadInputs(_ connection: BrokerConnection) async throws {
    // All or none: the connection may end between two of them, and a job of fewer inputs is another job.
    var uploaded: [JobsAPI.InputRef] = []
    for name in JobShape.sampleNames {
      let stored = try await connection.upload(file: JobShape.sample(name))
      try note(.uploaded(sha256: stored.sha256.hex))
      uploaded.append(JobsAPI.InputRef(name: name, sha256: stored.sha256.hex))
    }
    inputs = uploaded
  }

  private func uploadSomething(_ connection: BrokerConnection) async throws {
    // Above 256 KiB it takes more than one call.
    let size = random.chance(percent: 20) ? 300_000 : 1 + Int(random.next() % 5_000)
    let byte = UInt8(truncatingIfNeeded: random.next())
    let stored = try await connection.upload([UInt8](repeating: byte, count: size))
    try note(.uploaded(sha256: stored.sha256.hex))
  }

  /// Also for the second time: the same key is the same job.
  private func submit(_ key: String, _ connection: BrokerConnection) async throws {
    let reply = try await connection.call(JobShape(key: key).submission(inputs: inputs))
    try note(.submitted(key: key, job: reply.job, existing: reply.existing))
  }

  private func seal(_ job: Int, _ connection: BrokerConnection) async throws {
    guard let shape = jobs[job]?.shape else { return }
    try await settle { [self] in
      _ = try await connection.call(JobsAPI.AddTasks(job: job, tasks: [shape.addition]))
      try note(.tasksAdded(job: job, keys: [shape.addition.key]))
      _ = try await connection.call(JobsAPI.Seal(job: job))
    }
    // Refused: it was sealed by a call whose answer never came.
    try note(.sealed(job: job))
  }

  // MARK: Steering

  private func steer(_ connection: BrokerConnection) async throws {
    let sealed = live.filter { jobs[$0]?.isSealed == true }
    guard !sealed.isEmpty else { return }
    let job = random.element(of: sealed)
    let what = random.next() % 60
    try await settle { [self] in
      switch what {
      case 0:
        _ = try await connection.call(JobsAPI.Cancel(job: job))
        try note(.cancelled(job: job))
      case 1...18: _ = try await connection.call(JobsAPI.Pause(job: job))
      default: _ = try await connection.call(JobsAPI.Resume(job: job))
      }
    }
  }

  /// Does what the broker may refuse, since the job has moved on meanwhile.
  private func settle(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as BrokerError where error.is(JobsAPI.Conflict.self) {}
  }

  // MARK: Looking

  private func look(_ job: Int, _ connection: BrokerConnection) async throws {
    let state = try await connection.call(JobsAPI.Show(job: job)).job.state
    guard [.succeeded, .failed, .cancelled].contains(state) else { return }
    let mayRetry = state == .failed && jobs[job]?.wasRetried == false && !place.isFinishing
    guard mayRetry, random.chance(percent: 50) else { return try note(.ended(job: job, state: state.rawValue)) }
    _ = try await connection.call(JobsAPI.Retry(job: job))
    try note(.retried(job: job))
  }

  /// Reads on in the history of a job.
  private func watch(_ connection: BrokerConnection) async throws {
    guard !live.isEmpty else { return }
    let job = random.element(of: live)
    let stream = await connection.stream(JobsAPI.Watch(job: job, since: jobs[job]?.cursor, noFollow: true))
    for try await reply in stream {
      try note(.historyOfJob(job: job, events: reply.events.map(Told.Event.init), cursor: reply.cursor))
    }
  }
}
