package import Varlink

extension ServerConnection {
  /// Gives the last reply to a call.
  package mutating func reply(_ ticket: Ticket, with reply: some WireObject) {
    self.reply(ticket) { reply.writeFields(to: &$0) }
  }

  /// Gives one reply to a call with `more`; others follow.
  package mutating func replyContinues(_ ticket: Ticket, with reply: some WireObject) {
    replyContinues(ticket) { reply.writeFields(to: &$0) }
  }

  /// Gives an error, which is always the last reply.
  package mutating func fail(_ ticket: Ticket, with failure: some WireFailure) {
    fail(ticket, type(of: failure).name) { failure.writeFields(to: &$0) }
  }

  /// Gives an error of `org.varlink.service`.
  package mutating func fail(_ ticket: Ticket, with error: ServiceError) {
    fail(ticket, error.name) { error.writeParameters(to: &$0) }
  }
}

extension ClientConnection {
  /// Sends a call.
  @discardableResult
  package mutating func call<Call: WireCall>(_ call: Call, mode: CallMode = .single) -> Ticket {
    self.call(Call.method, mode: mode) { call.writeFields(to: &$0) }
  }
}

extension Varlink.Reply {
  /// The reply to a call of type `Call`. Fields that this side does not know are ignored.
  ///
  /// - Throws: `FieldError` when the other side breaks its own description. Look at `error` before.
  package func decoded<Call: WireCall>(for call: Call.Type) throws(FieldError) -> Call.Reply {
    try Call.Reply(wire: parameters, .ignored)
  }

  /// The error of this type; `nil` when the reply is none or another.
  ///
  /// - Throws: `FieldError` when the other side breaks its own description.
  package func failure<Failure: WireFailure>(_ failure: Failure.Type) throws(FieldError) -> Failure? {
    error == Failure.name ? try Failure(wire: parameters, .ignored) : nil
  }
}
