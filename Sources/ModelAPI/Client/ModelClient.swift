package import EventLoop
import HTTPTransport
package import JobModel

/// Calls models over HTTP. Belongs to one loop and is used on its thread only.
///
/// Closed by ``close()``, at the latest by the end of its loop.
package final class ModelClient: LoopResource {
  package let providers: ProviderTable
  let loop: EventLoop
  let multi: CurlMulti
  /// Those under way.
  private var calls: [ObjectIdentifier: ModelCall] = [:]
  private var isClosed = false

  /// - Parameter loop: the loop on whose thread everything happens.
  /// - Throws: when libcurl cannot be started.
  package init(_ providers: ProviderTable, on loop: EventLoop) throws(IOError) {
    loop.preconditionInLoop()
    self.providers = providers
    self.loop = loop
    multi = try CurlMulti(on: loop)
    loop.adopt(self)
  }

  /// Sends a request, once: there are no retries in here (see ``RetryPlan``).
  ///
  /// - Parameter then: called once on the loop, never before this returns, and not at all after
  ///   ``ModelCall/cancel()`` or ``close()``.
  @discardableResult
  package func send(
    _ request: ModelRequest, to model: ModelName, then: @escaping (CallEnd) -> Void
  ) -> ModelCall {
    loop.preconditionInLoop()
    precondition(!isClosed, "a model was called after the end of its client")
    let call = ModelCall(of: self, then: then)
    calls[ObjectIdentifier(call)] = call
    do throws(CallFailure) {
      let provider = try provider(of: model)
      try call.start(try CallPlan.plan(request, model, provider), provider)
    } catch {
      call.fail(error)
    }
    return call
  }

  /// How many calls are under way.
  package var callsUnderWay: Int { calls.count }

  /// Ends all calls without an answer, and closes the connections.
  package func close() {
    loop.preconditionInLoop()
    guard !isClosed else { return }
    isClosed = true
    for call in Array(calls.values) { call.cancel() }
    multi.close()
    loop.release(self)
  }

  func forget(_ call: ModelCall) { calls[ObjectIdentifier(call)] = nil }

  private func provider(of model: ModelName) throws(CallFailure) -> Provider {
    do throws(ModelConfigurationError) {
      return try providers.provider(of: model)
    } catch {
      // Without a key none of the provider's models answers; without a provider there is no account.
      let kind: CallFailure.Kind = providers.providers[model.provider] == nil ? .failRequest : .failAccount
      throw CallFailure(kind, .configuration, "\(error.problem) \(error.remedy)")
    }
  }
}
