package import Varlink

/// A call of any interface of the broker, decoded into its own type.
package enum BrokerCall: Sendable, Hashable {
  case admin(AdminAPI.Call)
  case files(FilesAPI.Call)
  case jobs(JobsAPI.Call)
  case worker(WorkerAPI.Call)
  case certification(CertificationAPI.Call)

  /// Finds the method and decodes its parameters, strictly by the interface description.
  ///
  /// - Throws: `interfaceNotFound`, `methodNotFound`; `invalidParameter` with the path of the field; `expectedMore` for a
  ///   method that streams; `methodNotImplemented` for a call with `upgrade`, because a successful reply to it would mean
  ///   that both sides stop speaking varlink.
  package init(_ call: Varlink.Call) throws(ServiceError) {
    guard call.mode != .upgrade else { throw .methodNotImplemented(call.method) }
    guard let decoded = try BrokerCall.decoded(call) else { throw .methodNotFound(call.method) }
    guard call.mode == .more || !BrokerCall.streaming.contains(call.method) else { throw .expectedMore }
    self = decoded
  }

  /// The methods that can only be called with `more`.
  package static let streaming: Set<String> = [
    AdminAPI.Prune.method, CertificationAPI.Test10.method, FilesAPI.Read.method, JobsAPI.Watch.method,
    WorkerAPI.Attend.method,
  ]

  /// - Returns: `nil` when the interface has no such method.
  private static func decoded(_ call: Varlink.Call) throws(ServiceError) -> BrokerCall? {
    let (method, parameters) = (call.member, call.parameters)
    do {
      switch String(call.interface) {
      case AdminAPI.interface:
        return try AdminAPI.Call(method: method, parameters: parameters).map(BrokerCall.admin)
      case FilesAPI.interface:
        return try FilesAPI.Call(method: method, parameters: parameters).map(BrokerCall.files)
      case JobsAPI.interface:
        return try JobsAPI.Call(method: method, parameters: parameters).map(BrokerCall.jobs)
      case WorkerAPI.interface:
        return try WorkerAPI.Call(method: method, parameters: parameters).map(BrokerCall.worker)
      case CertificationAPI.interface:
        return try CertificationAPI.Call(method: method, parameters: parameters).map(BrokerCall.certification)
      default: break
      }
    } catch {
      throw .invalidParameter(error.path)
    }
    throw .interfaceNotFound(String(call.interface))
  }

  /// The call as the value of its own type.
  package var call: any WireCall {
    switch self {
    case .admin(let call): call.call
    case .files(let call): call.call
    case .jobs(let call): call.call
    case .worker(let call): call.call
    case .certification(let call): call.call
    }
  }
}
