package import Digest
package import JobModel

/// A job as lists show it.
package struct JobSummary: Sendable {
  package let id: JobID
  package let owner: UserID
  package let project: String
  package let kind: String
  package let title: String
  package let state: JobState
  package let reason: String?
  package let priority: Int
  /// One line of JSON.
  package let labels: [UInt8]
  package let isSealed: Bool
  package let createdMs: Int64
  package let startedMs: Int64?
  package let endedMs: Int64?
  package let counts: TaskCounts
  package let files: Int64
  package let bytes: Int64
  package let outputsDeclared: Int64
  package let outputsPresent: Int64
  /// That its tasks may use, `provider/model`.
  package let models: [String]
  /// Tasks that were taken from the store.
  package let reused: Int64
}

/// How far one phase of a job is.
package struct PhaseSummary: Sendable, Equatable {
  /// Absent for the tasks of no phase.
  package let name: String?
  package let counts: TaskCounts
}

/// A task as lists show it.
package struct TaskSummary: Sendable {
  package let key: String
  package let kind: String
  package let op: String
  package let title: String?
  package let phase: String?
  package let state: TaskState
  package let attempts: Int
  package let crashes: Int
  package let notBeforeMs: Int64?
  package let startedMs: Int64?
  package let endedMs: Int64?
  package let files: Int
  package let error: String?
}

/// One line of the history.
package struct EventRecord: Sendable {
  package let number: Int64
  package let job: JobID
  package let atMs: Int64
  package let type: String
  package let task: String?
  /// One line of JSON.
  package let detail: [UInt8]?
}

/// One version of a file.
package struct FileRecord: Sendable {
  package let path: String
  package let version: Int64
  package let standing: Standing
  package let size: Int64
  package let sha256: SHA256Digest
  package let mediaType: String
  package let atMs: Int64
  package let job: JobID
  package let task: String
  package let meta: [UInt8]?
  /// Since when nobody wants it any more; `nil` for one that is wanted.
  package let archivedMs: Int64?
  package let columns: FileColumns

  /// How a version stands among those of its path.
  package enum Standing: String, Sendable {
    case head
    /// Another version has taken its place.
    case past
    /// Its task was done once more, and has not made it again.
    case retired
    /// It came in under a lease that had ended.
    case late
  }
}

/// One line of a log.
package struct LogRecord: Sendable {
  package let number: Int64
  package let atMs: Int64
  package let task: String
  package let lease: LeaseID
  package let text: String
}

/// One failed attempt.
package struct ErrorRecord: Sendable {
  package let atMs: Int64
  package let job: JobID
  package let task: String
  package let lease: LeaseID
  package let attempt: Int
  package let `class`: String
  package let message: String
  package let isCrash: Bool
}

/// Something that a task may read.
package struct ReadableRecord: Sendable {
  package let name: String
  package let task: String?
  package let sha256: SHA256Digest
  package let size: Int64
  package let mediaType: String
  package let meta: [UInt8]?
}

/// Where the bytes of a blob are.
package enum BlobPlace: Sendable {
  case inDatabase(Int64, size: Int64)
  case inFile(SHA256Digest, size: Int64)

  package var size: Int64 {
    switch self {
    case .inDatabase(_, let size), .inFile(_, let size): size
    }
  }
}

/// Sums over the whole store.
package struct StoreSums: Sendable {
  package let jobsLive: Int
  package let tasksReady: Int
  package let tasksLeased: Int
  /// Of the blobs that are files beside the database.
  package let fileBytes: Int64
}
