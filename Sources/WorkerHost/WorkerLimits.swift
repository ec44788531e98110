/// The bounds that a worker sets itself and its plugins; those of the protocols are in `WireLimits`.
package enum WorkerLimits {
  /// How many tasks a worker can be told to work on at a time.
  package static let concurrencies = 1...256
  /// Bytes that a plugin has not read; above, it is killed as stuck.
  package static let unreadBytesMax = 4 << 20
  /// Results of one plugin that are not on disk yet; above, the plugin is not read until some are.
  package static let heldResultsHigh = 128
  package static let heldBytesHigh = 16 << 20
  /// Log text of one lease; what comes later is dropped, with a line that says so.
  package static let logBytesPerLeaseMax = 1 << 20
  /// One call of Log, encoded.
  package static let logBytesPerCallMax = 256 << 10
  /// One call of SpawnTasks, without its envelope.
  package static let spawnBytesPerCallMax = 768 << 10
  /// The last lines of a plugin's standard error, which are told when it crashes.
  package static let lastWordsLinesMax = 20
  /// Failed starts of the plugin after which leases are given back as failed.
  package static let failedStartsMax = 3
  /// Calls of a session that are not answered yet, results beside them.
  package static let openCallsMax = 48
  /// A file is hashed in pieces of this size, others get their turn in between.
  package static let hashPieceBytes = 1 << 20
  /// Times that the broker may send a chunked upload back to an earlier offset.
  package static let uploadRestartsMax = 3
}

/// The times of a worker, in milliseconds.
package struct WorkerTimes: Sendable {
  /// A plugin has so long to answer `initialize`.
  package var initializeMs: Int64 = 10_000
  /// A cancelled plugin has so long to answer before it gets SIGTERM.
  package var cancelGraceMs: Int64 = 5_000
  /// A plugin has so long to end after SIGTERM, or after `shutdown`, before it is killed.
  package var killGraceMs: Int64 = 3_000
  /// How long a grandchild may hold the plugin's output open after the plugin's end.
  package var lingerMs: Int64 = 1_000
  /// Progress and log lines are passed on at most so often.
  package var reportMs: Int64 = 200
  /// Bounds of the wait before a plugin that could not be started is started again.
  package var restartFirstMs: Int64 = 200
  package var restartLongestMs: Int64 = 30_000
  /// Bounds of the wait before the broker is called again; the first time it is called at once.
  package var reconnectFirstMs: Int64 = 50
  package var reconnectLongestMs: Int64 = 2_000
  /// Bounds of the wait before what the store could not take is sent again.
  package var busyFirstMs: Int64 = 100
  package var busyLongestMs: Int64 = 2_000
  /// After the second signal: time for the broker to hear that the leases are given back.
  package var releaseMs: Int64 = 1_000

  package init() {}
}
