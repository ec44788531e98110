package import Digest
package import JobModel

/// What a transaction has to tell the world once it is committed.
package enum StoreEffect: Sendable {
  /// A session got a lease. It may hear of it before the sync: what it reports is ordered after it.
  case granted(LeaseGrant)
  /// A session lost a lease.
  case revoked(session: String, lease: LeaseID)
  /// A model call for which a lease waits may be possible now.
  case ask(session: String, lease: LeaseID)
}

/// Everything that a worker has to know of a lease.
package struct LeaseGrant: Sendable {
  package let session: String
  package let lease: LeaseID
  package let job: JobID
  package let owner: UserID
  package let key: String
  package let kind: String
  package let op: String
  package let title: String
  package let payload: [UInt8]
  package let options: [UInt8]
  package let attempt: Int
  package let timeoutMs: Int64?
  package let outputs: [String]
  package let done: [DoneFile]
  package let hasMoreDone: Bool
  package let missingNeeds: [String]
  /// Of the job, the first one first.
  package let models: [String]
  /// Goes into every model call of the task.
  package let sample: Int64
}

/// A file that is already committed for a task.
package struct DoneFile: Sendable, Equatable {
  package let path: String
  package let sha256: SHA256Digest
  package let size: Int64
}
