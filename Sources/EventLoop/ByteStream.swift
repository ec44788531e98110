private import CLinux
import Glibc

/// A stream of bytes in one or both directions: a socket or one end of a pipe.
///
/// Belongs to its loop and is held by it until ``close()``. Reading begins with ``startReading(onData:onEnd:)``. What
/// is written is collected, and sent at the end of the turn with one system call if it fits into the kernel's buffer.
package class ByteStream: LoopResource {
  /// Why reading ended.
  package enum End: Equatable, Sendable {
    /// The peer has finished writing. It may still read.
    case endOfStream
    case failed(IOError)
  }

  /// Bytes read from one stream before others get their turn.
  private static let bytesPerTurn = 1024 * 1024
  /// What is collected in a turn is sent early above this.
  private static let earlySendBytes = 256 * 1024

  package let loop: EventLoop
  let descriptor: Int32
  private let poller: Poller
  /// For error texts, for example "the connection to /run/x/socket".
  private let subject: String
  package private(set) var isClosed = false

  private var onData: ((Span<UInt8>) -> Void)?
  private var onEnd: ((End) -> Void)?
  private var isReading = false
  private var isDelivering = false
  private var end: End?

  private var unsent = WriteQueue()
  private var isBlocked = false
  private var isScheduled = false
  private var afterWrites: AfterWrites = .stayOpen
  private var isAboveLowWater = false

  private enum AfterWrites {
    case stayOpen, shutDown, close
  }

  /// Called when unsent bytes have fallen to ``lowWaterBytes``, after having been above.
  package var onDrain: (() -> Void)?
  package var lowWaterBytes = 64 * 1024
  /// Called once when the peer cannot be written to any more (`EPIPE`, `ECONNRESET`). What is unsent is dropped, and so
  /// is what is written later. Reading goes on: the peer's last words may still be in the kernel.
  package var onWriteFailure: ((IOError) -> Void)?
  package private(set) var writeFailure: IOError?
  /// Called once when the peer has ended while reading is paused: nothing more comes than what waits in the kernel.
  package var onHangUp: (() -> Void)?
  private var hasHungUp = false
  /// For the owner of the stream: called once when nothing more will be read, after all other callbacks.
  var onReadingOver: (() -> Void)?
  /// Called once, when closed by whomever.
  package var onClose: (() -> Void)?

  /// Takes over a descriptor, also when it throws.
  init(_ descriptor: Int32, subject: String, on loop: EventLoop) throws(IOError) {
    self.loop = loop
    self.descriptor = descriptor
    self.subject = subject
    do {
      poller = try loop.makePoller(descriptor)
    } catch {
      _ = Glibc.close(descriptor)
      throw error
    }
    poller.onReady = { [self] in ready($0) }
    loop.adopt(self)
  }

  // MARK: Reading

  /// Delivers every byte to `onData`, in a buffer that is reused when it returns, then calls `onEnd` once.
  package func startReading(onData: @escaping (Span<UInt8>) -> Void, onEnd: @escaping (End) -> Void) {
    loop.preconditionInLoop()
    self.onData = onData
    self.onEnd = onEnd
    resumeReading()
  }

  /// Leaves what comes in the kernel, so that the peer has to wait.
  package func pauseReading() {
    loop.preconditionInLoop()
    isReading = false
    updateInterest()
  }

  package func resumeReading() {
    loop.preconditionInLoop()
    guard !isClosed, end == nil, onData != nil else { return }
    isReading = true
    updateInterest()
  }

  /// Reads and delivers, without waiting, what is still in the kernel's buffer, also when reading is paused; returns
  /// the number of bytes. At most `limitBytes`, since a peer may go on writing. An end that is met is delivered at the
  /// end of the turn.
  @discardableResult
  package func readAvailableNow(limitBytes: Int = 16 * 1024 * 1024) -> Int {
    loop.preconditionInLoop()
    guard !isDelivering else { return 0 }
    // Another stream may be delivering from the loop's buffer at this moment: use one of its own.
    return unsafe withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 16) { buffer in
      unsafe read(into: buffer, limitBytes: limitBytes, stopAtShortRead: false)
    }
  }

  /// Reads until the kernel has no more, the limit is reached or a callback wants no more.
  private func read(
    into buffer: UnsafeMutableRawBufferPointer, limitBytes: Int, stopAtShortRead: Bool
  ) -> Int {
    var total = 0
    let mayContinue = stopAtShortRead ? { [self] in isReading } : { true }
    while total < limitBytes, !isClosed, end == nil, mayContinue() {
      // The buffer is valid for its count; the kernel writes at most that much.
      let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EAGAIN { break }
        reading(ended: count == 0 ? .endOfStream : .failed(failure("Reading", errno)))
        break
      }
      total += count
      isDelivering = true
      // The span ends with the call; the buffer outlives it and is not written to meanwhile: the loop's own buffer is
      // used by one stream at a time, and nested reads bring their own.
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self)
      unsafe onData?(bytes.span)
      isDelivering = false
      if stopAtShortRead, count < buffer.count { break }
    }
    return total
  }

  private func reading(ended end: End) {
    self.end = end
    isReading = false
    updateInterest()
    loop.atTurnEnd { [self] in
      guard !isClosed else { return }
      let onEnd = onEnd
      self.onEnd = nil
      onData = nil
      onEnd?(end)
      readingIsOver()
    }
  }

  private func readingIsOver() {
    let observer = onReadingOver
    onReadingOver = nil
    observer?()
  }

  /// Whether its user has paused reading, so that bytes may wait in the kernel.
  var isPaused: Bool { onData != nil && !isReading && end == nil && !isClosed }

  // MARK: Writing

  /// Whether the peer has closed the connection, so that nobody reads what is written.
  package var isPeerGone: Bool {
    guard !isClosed else { return true }
    var state = pollfd(fd: descriptor, events: 0, revents: 0)
    // One element, which lives through the call; the time of 0 only asks.
    guard unsafe poll(&state, 1, 0) > 0 else { return false }
    return state.revents & Int16(POLLHUP | POLLERR) != 0
  }

  /// What the kernel holds of a Unix socket's bytes until the peer reads them (`SIOCOUTQ`, with the kernel's own
  /// overhead); 0 when all of them are read.
  package var bytesUnreadByPeer: Int { isClosed ? 0 : Int(max(linux_unread_by_peer(descriptor), 0)) }

  /// Bytes written and not yet taken by the kernel.
  package var unsentBytes: Int { unsent.byteCount }

  /// Sends these bytes after those written before; false when nothing can be sent any more, because of a close, a
  /// shutdown or a failure.
  @discardableResult
  package func write(_ bytes: [UInt8]) -> Bool {
    loop.preconditionInLoop()
    guard mayWrite else { return false }
    unsent.append(bytes)
    scheduleSend()
    return true
  }

  /// Sends a copy of these bytes after those written before; false as above.
  @discardableResult
  package func write(_ bytes: Span<UInt8>) -> Bool {
    loop.preconditionInLoop()
    guard mayWrite else { return false }
    unsent.append(bytes)
    scheduleSend()
    return true
  }

  /// After what is unsent, tells the peer that no more will come; reading goes on.
  package func shutdownAfterWrites() { finish(.shutDown) }

  /// Closes after what is unsent has been sent, or cannot be.
  package func closeAfterWrites() { finish(.close) }

  private var mayWrite: Bool { !isClosed && writeFailure == nil && afterWrites == .stayOpen }

  private func finish(_ what: AfterWrites) {
    loop.preconditionInLoop()
    guard !isClosed, afterWrites != .close else { return }
    afterWrites = what
    scheduleSend()
  }

  private func scheduleSend() {
    if unsent.byteCount > lowWaterBytes { isAboveLowWater = true }
    if unsent.byteCount >= Self.earlySendBytes, !isBlocked { sendUnsent() }
    guard !isScheduled, !isBlocked else { return }
    isScheduled = true
    loop.sendAtTurnEnd(self)
  }

  /// Called by the loop at the end of a turn.
  func sendNow() {
    isScheduled = false
    guard !isClosed else { return }
    sendUnsent()
    reportWriting()
  }

  private func sendUnsent() {
    isBlocked = false
    while !unsent.isEmpty, writeFailure == nil {
      let count = unsafe unsent.withFirst { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        unsent.drop(count)
      } else if errno == EAGAIN {
        isBlocked = true
        break
      } else if errno != EINTR {
        writeFailure = failure("Writing", errno)
        unsent.removeAll()
      }
    }
    updateInterest()
  }

  /// Everything that calls back, or closes, kept apart from sending so that `write` never calls back.
  private func reportWriting() {
    if let failure = writeFailure, let onWriteFailure {
      self.onWriteFailure = nil
      onWriteFailure(failure)
    }
    if isAboveLowWater, unsent.byteCount <= lowWaterBytes {
      isAboveLowWater = false
      if writeFailure == nil { onDrain?() }
    }
    guard !isClosed, unsent.isEmpty else { return }
    switch afterWrites {
    case .stayOpen: break
    case .shutDown: endWriting()
    case .close: close()
    }
  }

  /// Tells the peer that no more will come. A pipe has only one direction, so it is closed.
  func endWriting() { close() }

  // MARK: The descriptor

  private func ready(_ what: Poller.Interest) {
    if what.contains(.write), !isClosed {
      sendUnsent()
      reportWriting()
    }
    if what.contains(.hangUp), isPaused, !hasHungUp {
      hasHungUp = true
      onHangUp?()
    }
    if what.contains(.read), !isClosed, isReading {
      _ = unsafe read(into: loop.readBuffer, limitBytes: Self.bytesPerTurn, stopAtShortRead: true)
    }
    updateInterest()
  }

  private func updateInterest() {
    var interest: Poller.Interest = []
    if isReading { interest.insert(.read) }
    // Once is enough: as long as nothing is read, it would be told again at every turn.
    if isPaused, !hasHungUp, onHangUp != nil { interest.insert(.hangUp) }
    if isBlocked { interest.insert(.write) }
    poller.watch(interest)
  }

  /// Closes at once; what is unsent is lost. No callback comes after this, except ``onClose``.
  package func close() {
    loop.preconditionInLoop()
    guard !isClosed else { return }
    isClosed = true
    isReading = false
    unsent.removeAll()
    poller.close()
    _ = Glibc.close(descriptor)
    let onClose = onClose
    (onData, onEnd, onDrain, onWriteFailure, onHangUp, self.onClose) = (nil, nil, nil, nil, nil, nil)
    loop.release(self)
    onClose?()
    readingIsOver()
  }

  private func failure(_ what: String, _ code: Int32) -> IOError {
    .failed("\(what) \(subject) failed", code, remedy: "The other side is gone; connect or start it again.")
  }
}

extension Span<UInt8> {
  /// The bytes as an array, copied in one go.
  package var copied: [UInt8] {
    // The pointer does not leave the closure, which copies what it points to.
    unsafe withUnsafeBufferPointer { unsafe Array($0) }
  }
}
