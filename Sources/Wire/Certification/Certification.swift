import JSON
package import Varlink

/// `org.varlink.certification`: a fixed conversation by which varlink implementations test each other.
///
/// Each method of the conversation gets what the one before has answered. Anything else ends the client's run with a
/// `CertificationError`.
package struct Certification: Sendable {
  /// What a call is answered with.
  package enum Answer: Sendable {
    /// To a call with `more` all but the last one continue; to a oneway call there are none.
    case replies([any WireObject])
    case failure(any WireFailure)
  }

  /// Runs that may be under way; beginning another one forgets the oldest.
  package static let runsMax = 100

  /// A client and what it still has to call.
  private struct Run {
    let client: String
    var steps: ArraySlice<CertificationStep>
  }

  /// The oldest first.
  private var runs: [Run] = []

  package init() {}

  /// Answers one call.
  ///
  /// - Parameter newClient: names the run that `Start` begins; a name that was not used before.
  package mutating func answer(_ call: CertificationAPI.Call, mode: CallMode, newClient: () -> String) -> Answer {
    if case .start = call { return .replies([begin(newClient())]) }
    let client = parameters(of: call).value["client_id"]?.string
    guard let place = runs.firstIndex(where: { $0.client == client }), let step = runs[place].steps.popFirst() else {
      return .failure(CertificationAPI.ClientIdError())
    }
    guard step.mode == mode, type(of: step.call.call) == type(of: call.call),
      JSONTree(parameters(of: step.call).value).sorted == JSONTree(parameters(of: call).value).sorted
    else {
      runs.remove(at: place)
      return .failure(
        CertificationAPI.CertificationError(wants: message(step.call, step.mode), got: message(call, mode)))
    }
    if runs[place].steps.isEmpty { runs.remove(at: place) }
    return .replies(step.replies)
  }

  private mutating func begin(_ client: String) -> CertificationAPI.Start.Reply {
    if runs.count == Self.runsMax { runs.removeFirst() }
    runs.append(Run(client: client, steps: certificationSteps(client)[...]))
    return CertificationAPI.Start.Reply(clientId: client)
  }
}

private func parameters(of call: CertificationAPI.Call) -> RawJSON {
  var writer = JSONWriter()
  call.call.write(to: &writer)
  return RawJSON(written: writer)
}

/// The call as a client has to send it, for the reader of an error.
private func message(_ call: CertificationAPI.Call, _ mode: CallMode) -> RawJSON {
  var writer = JSONWriter()
  writer.object { writer in
    writer.key("method")
    writer.string(type(of: call.call).method)
    if mode != .single {
      writer.key(mode.rawValue)
      writer.bool(true)
    }
    writer.key("parameters")
    call.call.write(to: &writer)
  }
  return RawJSON(written: writer)
}
