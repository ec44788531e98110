import BrokerClient

/// Why a worker has ended.
package enum WorkerEnd: Sendable {
  /// It has done what it had begun.
  case drained
  /// It was told twice to stop, and gave back what it had.
  case stopped
  /// There is no broker, or it does not want this worker; or the plugin has never started.
  case refused(WorkerRefusal)
}

/// Why a worker cannot work.
package struct WorkerRefusal: Error, Sendable {
  package let problem: String
  package let remedy: String
  package let cause: Cause

  package enum Cause: Sendable {
    /// Nobody listens at the socket.
    case noBroker
    /// The broker does not want this worker.
    case refused
    /// The plugin has never started.
    case plugin
  }

  init(_ cause: Cause, problem: String, remedy: String) {
    (self.cause, self.problem, self.remedy) = (cause, problem, remedy)
  }

  init(_ error: BrokerError) {
    problem = error.problem
    remedy = error.remedy
    cause = error.isNoBroker ? .noBroker : .refused
  }
}

/// What a worker says while it works.
package enum WorkerMessage: Sendable, Equatable {
  /// It has a session and waits for tasks.
  case ready
  /// Something that whoever runs it should know.
  case notice(String)
  /// Something that is of interest only to those who look closely.
  case detail(String)
}
