import JSON
import JobModel
import JobStore
import Wire

/// Answers the calls of `org.genbroker.Worker` that are about model calls.
extension Broker {
  func reserveCall(_ call: WorkerAPI.ReserveCall, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = LeaseClaim(session: worker.token, lease: LeaseID(Int64(call.lease)))
    do throws(StoreError) {
      let ask = try Parsing.refusing { try Parsing.ask(call, worker: worker.caller.user) }
      store.perform {
        try $0.reserveCall(ask, under: claim, now: $1)
      } then: { result in
        worker.waits(claim.lease, for: result.waitMessage)
        reply.finish(worker: result, lease: call.lease) { WorkerAPI.ReserveCall.Reply($0) }
      }
    } catch {
      reply.fail(worker: error, lease: call.lease)
    }
  }

  func settleCall(_ call: WorkerAPI.SettleCall, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let (id, caller) = (CallID(Int64(call.call)), worker.caller)
    do throws(StoreError) {
      let settlement = try Parsing.refusing { try Parsing.settlement(call) }
      store.perform {
        try $0.settleCall(id, settlement, by: caller, now: $1)
      } then: { result in
        switch result {
        case .success(let state): reply.done(WorkerAPI.SettleCall.Reply(standing: state.rawValue))
        case .failure(let error): reply.fail(worker: error, lease: 0, call: call.call)
        }
      }
    } catch {
      reply.fail(worker: error, lease: 0, call: call.call)
    }
  }

  func readAnswer(_ call: WorkerAPI.ReadAnswer, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = LeaseClaim(session: worker.token, lease: LeaseID(Int64(call.lease)))
    reads.read { reader in
      let (offset, length) = try Parsing.part(offset: call.offset, length: call.length)
      let place = try reader.answerFile(call.file, of: CallID(Int64(call.call)), claim)
      let bytes = try reader.bytes(place, at: offset, count: length)
      return WorkerAPI.ReadAnswer.Reply(
        data: Base64.string(bytes), size: Int(place.size), eof: offset + Int64(bytes.count) >= place.size)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(worker: error, lease: call.lease, call: call.call)
      case .success(let answer): reply.done(answer)
      }
    }
  }
}

extension Result where Success == CallVerdict, Failure == StoreError {
  /// What a call waits for, in a sentence; `nil` when it does not wait.
  fileprivate var waitMessage: String? {
    if case .success(.wait(_, _, let message, _)) = self { message } else { nil }
  }
}
