import Varlink
import Wire

/// Answers `org.varlink.certification`, by which other implementations test this one.
final class CertificationDesk {
  private var certification = Certification()

  /// Answers one call of the conversation.
  func answer(_ call: CertificationAPI.Call, mode: CallMode, _ reply: ReplyHandle) {
    switch certification.answer(call, mode: mode, newClient: randomToken) {
    case .failure(let failure): fail(failure, reply)
    case .replies(let replies):
      for item in replies.dropLast() { next(item, reply) }
      if let last = replies.last { done(last, reply) } else { reply.abandon() }
    }
  }

  // Opens the existentials.
  private func fail(_ failure: some WireFailure, _ reply: ReplyHandle) { reply.fail(failure) }
  private func next(_ object: some WireObject, _ reply: ReplyHandle) { reply.next(object) }
  private func done(_ object: some WireObject, _ reply: ReplyHandle) { reply.done(object) }
}
