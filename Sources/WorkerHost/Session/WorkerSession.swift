import BrokerClient
import EventLoop
import JSON
import Wire

/// What a worker hears from the broker.
protocol SessionOwner: AnyObject {
  /// Sessions begin with these leases in hand, see `Hello`.
  var leasesInHand: [Int] { get }
  /// How many leases the worker wants.
  var slotsWanted: Int { get }
  /// Of the plugin.
  var pluginVersion: String? { get }
  func sessionBegan(lost: [Int])
  func sessionEnded(_ why: BrokerError, retryMs: Int64)
  /// The broker does not want this worker, and will not later.
  func sessionRefused(_ why: BrokerError)
  func sessionBrings(_ lease: WorkerAPI.Lease)
  /// An order that cannot be read because of this field; `lease` when it is a lease, and its number can.
  func sessionBringsUnreadable(lease: Int?, field: String)
  func sessionEnds(lease: Int)
  /// A model call for which this lease waits may be possible now.
  func sessionAsks(lease: Int)
  func sessionDrains()
}

/// The worker's side of its session: two connections, made again when they break, and everything that was not answered
/// sent again. Belongs to its loop.
final class WorkerSession {
  /// Sends a message in a session; calls back with what the broker said.
  typealias Operation = (Link, @escaping (BrokerError?) -> Void) -> Void

  /// What messages are sent with, until the connection breaks.
  struct Link {
    let channel: BrokerChannel
    let session: String
    /// By hash: the broker knows one upload of the same bytes at a time on a connection.
    let uploads = Turns<String>()
  }

  /// What is to be sent, and who hears that it will not be.
  private struct Message {
    let operation: Operation
    let dropped: () -> Void
  }

  private let options: WorkerOptions
  private let loop: EventLoop
  private weak var owner: (any SessionOwner)?

  private var data: BrokerChannel?
  /// There while the session is, so that messages can be sent.
  private var link: Link?
  private var control: BrokerChannel?
  /// The token of the session, or of the last one.
  private var token: String?
  private var isClosed = false
  private var backoff: Backoff
  private var retryTimer: Timer?

  private var outbox = Outbox(window: WireLimits.windowResultsDefault, othersMax: WorkerLimits.openCallsMax)
  private var messages: [Int: Message] = [:]
  private var busy: BusyCalls
  private var busyTimer: Timer?
  private lazy var heart = Heart(on: loop) { [weak self] in self?.beat() }

  init(_ options: WorkerOptions, on loop: EventLoop, owner: any SessionOwner) {
    self.options = options
    self.loop = loop
    self.owner = owner
    backoff = Backoff(firstMs: options.times.reconnectFirstMs, longestMs: options.times.reconnectLongestMs)
    busy = BusyCalls(options.times)
  }

  var isOpen: Bool { link != nil }

  /// For messages that are no lease's: they are sent whatever becomes of leases.
  static let noLease = 0

  // MARK: Messages

  /// Sends a call of a lease as soon as there is a session and room; it is sent again after a broken connection, and when
  /// the store could not take it. `answer` hears what the broker decided; when the lease is lost meanwhile, `dropped` may
  /// be called instead.
  func send<Call: SessionCall>(
    _ call: Call, lease: Int, dropped: @escaping () -> Void = {},
    answer: @escaping (Result<Call.Reply, BrokerError>) -> Void
  ) {
    perform(lease: lease, isResult: false, dropped: dropped) { link, finished in
      var call = call
      call.session = link.session
      link.channel.call(call) { reply in
        switch reply {
        case .success(let reply):
          finished(nil)
          answer(.success(reply))
        case .failure(let error):
          finished(error)
          if !error.isToBeRepeated { answer(.failure(error)) }
        }
      }
    }
  }

  /// The same for what takes several calls; it is begun anew after a broken connection, so that it must bear repetition.
  func perform(
    lease: Int, isResult: Bool, dropped: @escaping () -> Void, _ operation: @escaping Operation
  ) {
    let number = outbox.add(lease: lease, isResult: isResult)
    messages[number] = Message(operation: operation, dropped: dropped)
    sendWaiting()
  }

  /// The lease is over, whoever ended it: only results of it that wait are still sent.
  func forget(_ lease: Int) { drop(outbox.lost(lease)) }

  private func drop(_ numbers: [Int]) {
    for number in numbers { messages.removeValue(forKey: number)?.dropped() }
  }

  /// Whether something was not answered yet.
  var hasUnanswered: Bool { !outbox.isEmpty }

  /// The broker has to hear from us regularly while a lease is out.
  var hasLeases = false {
    didSet { heart.isBeating = hasLeases && isOpen }
  }

  private func sendWaiting() {
    guard link != nil else { return }
    while let number = outbox.next() { transmit(number) }
  }

  private func transmit(_ number: Int) {
    guard let link else { return }
    messages[number]?.operation(link) { [weak self] error in self?.finished(number, error) }
  }

  private func finished(_ number: Int, _ error: BrokerError?) {
    switch error {
    case .connection: return  // stays among the sent ones; the end of the connection brings it back
    case .call where error?.is(WorkerAPI.NoSuchSession.self) == true:
      if let error { disconnected(error) }
    case .call where error?.is(WorkerAPI.StoreBusy.self) == true:
      rest(number)
    case .call, nil:
      outbox.answered(number)
      busy.answered(number)
      messages[number] = nil
      sendWaiting()
    }
  }

  /// The store could not take it: it is sent again for as long as its lease is not over.
  private func rest(_ number: Int) {
    guard let waitMs = busy.refused(number, random: .random(in: 0..<1)) else { return }
    busyTimer = loop.after(ms: waitMs) { [weak self] in self?.repeatBusy() }
  }

  private func repeatBusy() {
    for number in busy.restIsOver() {
      if outbox.isLost(number) {
        drop([number])
        finished(number, nil)
      } else {
        transmit(number)
      }
    }
  }

  private func beat() {
    guard let data = link?.channel else { return }
    guard data.callsSent == heart.heard else { return heart.heard = data.callsSent }
    sayAlive()
    heart.heard = data.callsSent
  }

  private func sayAlive() {
    guard let link else { return }
    link.channel.call(WorkerAPI.Heartbeat(session: link.session)) { [weak self] reply in
      if case .failure(let error) = reply, error.is(WorkerAPI.NoSuchSession.self) { self?.disconnected(error) }
    }
  }

  /// Tells the broker how many leases are wanted from now on.
  func tellSlots() {
    guard let link, let owner else { return }
    link.channel.call(WorkerAPI.Slots(session: link.session, slots: owner.slotsWanted)) { _ in }
  }

  // MARK: Connections

  /// Connects, and goes on trying. Does nothing while it waits to try again: an end of what was connected before the wait
  /// is over would not be noticed.
  func open() {
    guard !isClosed, data == nil, retryTimer == nil else { return }
    do throws(ConnectionFailure) {
      let data = try BrokerChannel.connectNow(to: options.socket, on: loop)
      self.data = data
      data.onEnd = { [weak self] in self?.disconnected(.connection($0)) }
      let control = try BrokerChannel.connectNow(to: options.socket, on: loop)
      self.control = control
      control.onEnd = { [weak self] in self?.disconnected(.connection($0)) }
      sayHello(data)
    } catch {
      disconnected(.connection(error))
    }
  }

  /// Ends the session; what was not answered is forgotten.
  func close() {
    isClosed = true
    dropConnections()
    retryTimer?.cancel()
  }

  private func dropConnections() {
    link = nil
    heart.isBeating = false
    busyTimer?.cancel()
    busy.disconnected()
    for channel in [data, control] { channel?.close() }
    (data, control) = (nil, nil)
  }

  private func disconnected(_ why: BrokerError) {
    guard !isClosed, retryTimer == nil else { return }
    let waitMs = isOpen ? 0 : backoff.nextMs(random: .random(in: 0..<1))
    // First of all: closing tells the calls without an answer, and they come back here.
    retryTimer = loop.after(ms: waitMs) { [weak self] in
      self?.retryTimer = nil
      self?.open()
    }
    dropConnections()
    drop(outbox.disconnected())
    owner?.sessionEnded(why, retryMs: waitMs)
  }

  private func sayHello(_ data: BrokerChannel) {
    guard let owner else { return }
    let hello = WorkerAPI.Hello(
      kind: options.kind, name: options.name, pid: options.pid, slots: owner.slotsWanted, resume: token,
      leases: token == nil ? nil : owner.leasesInHand, version: owner.pluginVersion)
    data.call(hello) { [weak self] reply in
      switch reply {
      case .success(let reply): self?.welcomed(reply, asked: hello.leases ?? [])
      case .failure(let error): self?.rejected(error)
      }
    }
  }

  private func rejected(_ error: BrokerError) {
    guard case .call = error, !error.is(WorkerAPI.Draining.self) else { return disconnected(error) }
    close()
    owner?.sessionRefused(error)
  }

  private func welcomed(_ reply: WorkerAPI.Hello.Reply, asked: [Int]) {
    guard let control, let data else { return }
    backoff.succeeded()
    token = reply.session
    link = Link(channel: data, session: reply.session)
    outbox.window = reply.window
    heart.intervalMs = max(1, Int64(reply.heartbeatMs) / 2)
    heart.isBeating = hasLeases
    control.streamValues(WorkerAPI.Attend(session: reply.session)) { [weak self] order, isLast in
      self?.heard(order, isLast)
    }
    // What the broker does not name goes on nowhere.
    let lost = asked.filter { !reply.resumed.contains($0) }
    owner?.sessionBegan(lost: lost)
    sendWaiting()
  }

  private func heard(_ order: Result<JSONValue, BrokerError>, _ isLast: Bool) {
    switch order {
    case .failure(.connection): return  // its end is told by itself
    case .failure(let error): return disconnected(error)
    case .success(let value): follow(value)
    }
    if isLast { disconnected(.connection(ConnectionFailure(.ended, "the broker ended the session", remedy: ""))) }
  }

  private func follow(_ value: JSONValue) {
    do throws(FieldError) {
      follow(try WorkerAPI.Attend.Reply(wire: value, .ignored))
    } catch {
      owner?.sessionBringsUnreadable(lease: value["lease"]?["lease"]?.int.map { Int($0) }, field: error.path)
    }
  }

  private func follow(_ order: WorkerAPI.Attend.Reply) {
    if let lease = order.lease { owner?.sessionBrings(lease) }
    if let lease = order.cancel {
      owner?.sessionEnds(lease: lease)
      // Perhaps the broker gives up this lease because it heard nothing, and gives no other before it does.
      sayAlive()
    }
    if let window = order.window {
      outbox.window = window
      sendWaiting()
    }
    if let lease = order.ask { owner?.sessionAsks(lease: lease) }
    if order.drain == true { owner?.sessionDrains() }
  }
}

/// Says regularly that the worker lives, unless something else was said meanwhile.
private final class Heart {
  var intervalMs: Int64 = 1000
  /// What was said until the last beat.
  var heard = 0
  private let loop: EventLoop
  private let onBeat: () -> Void
  private var timer: Timer?

  init(on loop: EventLoop, _ onBeat: @escaping () -> Void) {
    self.loop = loop
    self.onBeat = onBeat
  }

  var isBeating = false {
    didSet {
      guard isBeating != oldValue else { return }
      timer?.cancel()
      timer = nil
      guard isBeating else { return }
      let timer = Timer(on: loop, onBeat)
      timer.start(afterMs: intervalMs, repeatMs: intervalMs)
      self.timer = timer
    }
  }
}
