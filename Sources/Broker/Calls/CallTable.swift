import Varlink
import Wire

extension Broker {
  /// Where a call is worked on.
  static func lane(of call: BrokerCall) -> ClientSession.Lane {
    switch call {
    case .jobs(let call): lane(of: call)
    case .files(let call): lane(of: call)
    case .worker(let call): lane(of: call)
    case .admin(let call): lane(of: call)
    case .certification: .loop
    }
  }

  private static func lane(of call: JobsAPI.Call) -> ClientSession.Lane {
    switch call {
    case .putInput: .uploads
    case .submit, .addTasks, .seal, .cancel, .pause, .resume, .retry, .setBudget: .store
    // What is out of date is found by a query first.
    case .regenerate(let call): call.outdated == true ? .reader : .store
    case .list, .show, .tasks, .explain, .logs, .estimate, .outdated, .groups, .errors, .calls, .showCall: .reader
    // A stream has its connection for itself. One that follows has no end that anybody waits for.
    case .watch(let call): call.noFollow == true ? .reader : .loop
    }
  }

  private static func lane(of call: FilesAPI.Call) -> ClientSession.Lane {
    switch call {
    case .list, .read, .history, .records, .find, .stats, .collections, .showCollection: .reader
    case .rollback, .put, .archive, .setCollection, .deleteCollection, .addToCollection, .removeFromCollection,
      .moveInCollection:
      .store
    }
  }

  private static func lane(of call: WorkerAPI.Call) -> ClientSession.Lane {
    switch call {
    case .hello, .spawnTasks, .log, .complete, .fail, .release, .slots, .reserveCall, .settleCall: .store
    case .putResult(let put): isForDatabase(put) ? .store : .uploads
    case .putChunk: .uploads
    case .doneItems, .inputs, .readInput, .readAnswer: .reader
    case .attend, .progress, .heartbeat: .loop
    }
  }

  private static func lane(of call: AdminAPI.Call) -> ClientSession.Lane {
    switch call {
    case .status, .check, .backup, .prune, .usage, .limits: .reader
    case .setLimit, .unpark: .store
    case .workers, .drain, .drainWorker: .loop
    }
  }

  /// Answers a call, sooner or later.
  func handle(_ call: BrokerCall, from session: ClientSession, _ reply: ReplyHandle) {
    switch call {
    case .jobs(let call): handle(call, session, reply)
    case .files(let call): handle(call, session, reply)
    case .worker(let call): handle(call, session, reply)
    case .admin(let call): handle(call, session, reply)
    case .certification(let call): certification.answer(call, mode: reply.mode, reply)
    }
  }
}
