internal import EventLoop
import HTTPTransport
internal import JSON

/// A call under way.
package final class ModelCall {
  private let client: ModelClient
  /// `nil` before ``start(_:_:)``.
  private var provider: Provider?
  private var then: ((CallEnd) -> Void)?
  private var transfer: CurlTransfer?
  private let startMs: Int64
  private var firstTokenMs: Int64?

  private var isStreamed = true
  private var reader: any AnswerReader = ImagesReader()
  private var headers = AnswerHeaders()
  private var headerBytes = 0
  private var body = AnswerBody.nothing
  /// Why the answer was not read any further.
  private var stop: Stop?
  /// The content is whole; only images that it names are still on their way.
  private var isFinishing = false
  private var silence: Timer?
  private var total: Timer?

  private enum Stop {
    case reading(ReadingError)
    /// The error of the provider is longer than anybody reads.
    case longError
  }

  init(of client: ModelClient, then: @escaping (CallEnd) -> Void) {
    self.client = client
    self.then = then
    startMs = client.loop.time.monotonicMs
  }

  /// Closes the connection; no answer comes any more. The provider may charge for it all the same. Does nothing once the
  /// call has ended.
  package func cancel() {
    client.loop.preconditionInLoop()
    then = nil
    release()
  }

  // MARK: Sending

  func start(_ plan: CallPlan, _ provider: Provider) throws(CallFailure) {
    self.provider = provider
    isStreamed = plan.isStreamed
    reader = plan.reader
    guard plan.body.count <= ModelAPILimits.requestBytesMax else {
      throw CallFailure(.failRequest, .tooLarge, "the request has \(plan.body.count) bytes")
    }
    let handlers = CurlTransfer.Handlers(
      onHeader: { [unowned self] in take(header: $0) }, onBody: { [unowned self] in take(body: $0) },
      onEnd: { [self] in transferEnded($0) })
    let request = CurlTransfer.Request(plan, provider)
    guard let transfer = CurlTransfer(request, handlers), client.multi.start(transfer) else {
      throw CallFailure(.retryBackoff, .connectFailed, "libcurl does not take the request")
    }
    self.transfer = transfer
    setTimers(provider.timeouts)
  }

  // MARK: Time

  private func setTimers(_ timeouts: Provider.Timeouts) {
    total = client.loop.after(ms: timeouts.totalMs) { [unowned self] in timedOut(.timeoutTotal) }
    guard isStreamed else { return }
    let silence = Timer(on: client.loop) { [unowned self] in
      timedOut(body.isEmpty ? .timeoutFirstByte : .timeoutIdle)
    }
    silence.start(afterMs: timeouts.firstByteMs)
    self.silence = silence
  }

  private func timedOut(_ failureClass: CallFailure.Class) {
    // Whoever has said everything and does not hang up is not late.
    if reader.draft.isComplete, !isFinishing { return finishReading() }
    end(.failed(failures.timeout(failureClass, isCharged: isFinishing)))
  }

  private func heardContent() {
    // After the end mark only the end of the connection is waited for, so that it can be used again.
    let idleMs = provider?.timeouts.idleMs ?? ModelAPILimits.idleMs
    silence?.start(afterMs: reader.draft.isEnded ? ModelCall.hangUpMs : idleMs)
  }

  /// How long a server may take to end a body whose end mark has come.
  private static let hangUpMs: Int64 = 500

  // MARK: Reading, inside of libcurl

  private func take(header line: String) -> Bool {
    headerBytes += line.utf8.count
    guard headerBytes <= HTTPLimits.headerBytesMax else {
      stop = .reading(.tooLarge("the header of the answer"))
      return false
    }
    headers.take(line: line)
    return true
  }

  private func take(body bytes: [UInt8]) -> Bool {
    if body.isNone { body = AnswerBody(status: transfer?.status ?? 0, headers, isStreamed: isStreamed) }
    do throws(ReadingError) {
      try body.take(bytes, &reader)
    } catch {
      stop = .reading(error)
      return false
    }
    if firstTokenMs == nil, reader.draft.hasContent { firstTokenMs = elapsedMs }
    if body.isErrorFull {
      stop = .longError
      return false
    }
    if body.hasGrown { heardContent() }
    return true
  }

  private var elapsedMs: Int64 { client.loop.time.monotonicMs - startMs }

  // MARK: The end

  private func transferEnded(_ end: TransferEnd) {
    if case .reading(let error) = stop, !reader.draft.isEnded { return self.end(.failed(failures.reading(error))) }
    if let error = body.error ?? emptyError { return self.end(.failed(failures.status(error, client.loop.time.utcMs))) }
    // What breaks behind the end of the content takes nothing away from it.
    guard end == .complete || reader.draft.isComplete else { return self.end(.failed(failures.transfer(end))) }
    do throws(ReadingError) {
      try body.end(&reader)
      finishReading()
    } catch {
      self.end(.failed(failures.reading(error)))
    }
  }

  /// The body of an error that has none.
  private var emptyError: [UInt8]? {
    let status = transfer?.status ?? 0
    return body.isNone && status != 0 && !(200..<300).contains(status) ? [] : nil
  }

  private func finishReading() {
    guard reader.draft.isComplete, let provider else { return end(.failed(failures.truncated)) }
    isFinishing = true
    silence?.cancel()
    let fetch = ImageFetch(answer(), reader.draft.images, of: provider, client)
    fetch.complete { [self] in
      replace(transfer: $0)
    } then: { [self] in
      end($0)
    }
  }

  private func answer() -> ModelAnswer {
    var answer = reader.draft.answer(type(of: reader).finish)
    // Some servers repeat what they were sent, and an answer is kept.
    answer.text = PeopleText.without(provider?.key, answer.text)
    if let raw = answer.rawUsage {
      let text = String(decoding: raw.bytes, as: UTF8.self)
      if PeopleText.without(provider?.key, text) != text { answer.rawUsage = nil }
    }
    answer.requestId = headers.requestId
    answer.status = transfer?.status ?? 0
    answer.firstTokenMs = isStreamed ? firstTokenMs : nil
    answer.reportedPicoUSD = answer.reportedPicoUSD ?? headers["x-litellm-response-cost"].flatMap(PicoUSD.parse)
    return answer
  }

  private var failures: FailureWords {
    FailureWords(key: provider?.key, headers: headers, status: transfer?.status ?? 0, usage: reader.draft.usage)
  }

  private func replace(transfer next: CurlTransfer) {
    if let transfer { client.multi.remove(transfer) }
    transfer = next
  }

  private func end(_ end: CallEnd) {
    let then = then
    self.then = nil
    release()
    guard case .answered(var answer) = end else { return then?(end) ?? () }
    answer.totalMs = elapsedMs
    then?(.answered(answer))
  }

  func release() {
    silence?.cancel()
    total?.cancel()
    if let transfer { client.multi.remove(transfer) }
    // Its handlers hold this call.
    transfer = nil
    client.forget(self)
  }

  /// Ends before anything was sent; told in the next turn, as all ends are.
  func fail(_ failure: CallFailure) {
    client.loop.after(ms: 0) { [self] in end(.failed(failure)) }
  }
}
