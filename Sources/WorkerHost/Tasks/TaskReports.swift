import EventLoop
import Wire

/// Passes on what a task says about itself: progress, of which only the last counts, and log lines. Not too often, and
/// one call at a time.
final class TaskReports {
  private let lease: Int
  private let session: WorkerSession
  private let loop: EventLoop
  private let everyMs: Int64
  private var log = TaskLog()
  private var timer: Timer?
  private var openCalls = 0
  private var isDropped = false

  /// How far the task is; `nil` when that was told.
  var progress: HostAPI.Progress? {
    didSet { if progress != nil { schedule() } }
  }

  init(lease: Int, _ session: WorkerSession, on loop: EventLoop, everyMs: Int64) {
    self.lease = lease
    self.session = session
    self.loop = loop
    self.everyMs = everyMs
  }

  func log(_ lines: [String]) {
    log.add(lines)
    schedule()
  }

  func log(text: String) {
    log.add(text: text)
    schedule()
  }

  /// Tells everything now; progress does not matter any more.
  func flush() {
    timer?.cancel()
    progress = nil
    while !log.isEmpty, !isDropped { sendLog() }
    isDropped = true
  }

  /// Tells nothing more.
  func drop() {
    isDropped = true
    timer?.cancel()
  }

  private func schedule() {
    guard !isDropped, openCalls == 0, timer?.isScheduled != true, progress != nil || !log.isEmpty else { return }
    timer = loop.after(ms: everyMs) { [weak self] in self?.report() }
  }

  private func report() {
    guard !isDropped else { return }
    if !log.isEmpty { sendLog() }
    guard let progress else { return }
    self.progress = nil
    let note = progress.note.map(ResultRules.bounded)
    send(WorkerAPI.Progress(session: "", lease: lease, done: progress.done, total: progress.total, note: note))
  }

  private func sendLog() {
    send(WorkerAPI.Log(session: "", lease: lease, lines: log.takeBatch()))
  }

  private func send<Call: SessionCall>(_ call: Call) {
    openCalls += 1
    session.send(call, lease: lease) { [weak self] _ in
      // A refused report is no reason to do anything: the next write tells what is wrong.
      self?.openCalls -= 1
      self?.schedule()
    }
  }
}
