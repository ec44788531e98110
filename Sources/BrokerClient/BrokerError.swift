import EventLoop
import Glibc
package import JSON
import Varlink
package import Wire

/// Why a call of the broker did not succeed.
package enum BrokerError: Error, Sendable, CustomStringConvertible {
  /// There is no connection, or it ended before the answer.
  case connection(ConnectionFailure)
  /// The broker answered with an error.
  case call(CallFailure)

  /// What is wrong, for people.
  package var problem: String {
    switch self {
    case .connection(let failure): failure.problem
    case .call(let failure): failure.message
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .connection(let failure): failure.remedy
    case .call(let failure): failure.remedy
    }
  }

  package var description: String { "\(problem)\n\(remedy)" }

  /// Whether nobody listens at the socket.
  package var isNoBroker: Bool {
    if case .connection(let failure) = self { failure.kind == .noBroker } else { false }
  }

  /// Whether the broker answered with this error.
  package func `is`<Failure: WireFailure>(_ failure: Failure.Type) -> Bool {
    if case .call(let error) = self { error.name == Failure.name } else { false }
  }
}

/// There is no connection to the broker, or it has ended.
package struct ConnectionFailure: Error, Sendable, Equatable {
  package enum Kind: Sendable {
    /// Nobody listens at the socket, or there is no socket.
    case noBroker
    /// The socket cannot be used: its path is too long, or permission is missing.
    case unreachable
    /// The connection ended.
    case ended
    /// What came is not the protocol.
    case notUnderstood
  }

  package let kind: Kind
  package let problem: String
  package let remedy: String

  package init(_ kind: Kind, _ problem: String, remedy: String) {
    self.kind = kind
    self.problem = problem
    self.remedy = remedy
  }

  /// Tells an error of connecting to `path`.
  init(connectingTo path: String, _ error: IOError) {
    switch error.code {
    case ENOENT, ECONNREFUSED, ENOTDIR:
      self.init(
        .noBroker, "no broker listens at \(path)",
        remedy: "start one with 'genbroker', or name its socket with --socket")
    case EACCES, EPERM:
      self.init(
        .unreachable, "you may not use the socket \(path)",
        remedy: "ask its owner to start the broker with --socket-group and a group of yours")
    default:
      self.init(.unreachable, error.problem, remedy: error.remedy)
    }
  }

  static func ended(_ path: String, _ why: String? = nil) -> ConnectionFailure {
    ConnectionFailure(
      .ended, "the broker at \(path) ended the connection" + (why.map { ": \($0)" } ?? ""),
      remedy: "look at what the broker says, and try again")
  }

  static func closedHere(_ path: String) -> ConnectionFailure {
    ConnectionFailure(.ended, "the connection to \(path) was closed", remedy: "connect again")
  }

  static func notUnderstood(_ path: String, _ what: String) -> ConnectionFailure {
    ConnectionFailure(
      .notUnderstood, "what listens at \(path) does not speak as this program expects: \(what)",
      remedy: "check that broker and client are of the same version")
  }
}

/// An error that the broker answered.
package struct CallFailure: Error, Sendable {
  /// The full name, such as `org.genbroker.Jobs.NoSuchJob`.
  package let name: String
  /// What is wrong, for people.
  package let message: String
  /// What to do about it.
  package let remedy: String
  /// Everything that came with it.
  package let parameters: JSONValue

  /// - Parameter reply: one with an error.
  init(_ reply: Reply, name: String, method: String) {
    self.name = name
    parameters = reply.parameters
    if let error = ServiceError(reply) {
      (message, remedy) = error.told(method)
    } else {
      message = reply.parameters["message"]?.string ?? "the broker answered \(name)"
      remedy = reply.parameters["remedy"]?.string ?? "look at what the broker says"
    }
  }

  /// The error with its fields, if it is of this type.
  package func decoded<Failure: WireFailure>(as failure: Failure.Type) -> Failure? {
    // A broker that breaks its own description is not worth another error: the texts above are what is known.
    name == Failure.name ? try? Failure(wire: parameters, .ignored) : nil
  }
}

extension ServiceError {
  /// The error in words: what is wrong, what to do.
  fileprivate func told(_ method: String) -> (String, String) {
    switch self {
    case .interfaceNotFound, .methodNotFound, .methodNotImplemented:
      ("the broker does not know \(method)", "use a broker and a client of the same version")
    case .invalidParameter(let path):
      ("the broker does not accept the field '\(path)' of \(method)", "use a broker and a client of the same version")
    case .permissionDenied:
      ("you may not call \(method)", "do it as the user who runs the broker, or as root")
    case .expectedMore, .expectedUpgrade:
      ("\(method) must be called in another way (\(name))", "use a broker and a client of the same version")
    }
  }
}
