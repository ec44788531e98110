/// How a broker is set up.
package struct BrokerOptions: Sendable {
  /// A worker that holds a lease has to be heard this often.
  package var heartbeatMs: Int64 = 5_000
  /// A worker that holds a lease and was not heard for so long has lost it.
  package var silenceMaxMs: Int64 = 20_000
  /// How long leases of before a restart wait for their workers.
  package var graceMs: Int64 = 15_000
  /// How long a stop waits for running leases. Those that are still out then wait for the next start.
  package var drainMs: Int64 = 5_000
  /// A worker that does not end a task itself loses it so long after the task's own time limit.
  package var timeoutMarginMs: Int64 = 30_000
  /// Pages that are written to the log between two checkpoints, which run on a thread of their own. A commit slows down
  /// with a log of very many pages, and also when it never gets to write over an old one.
  package var pagesPerCheckpoint = 2_000
  /// Pages of a log that has to be begun anew, also while commits never pause.
  package var logPagesMax: Int { 4 * pagesPerCheckpoint }
  /// The rest after a socket that somebody has removed could not be made anew.
  package var socketRenewalPauseMs: Int64 = 5_000
  /// Connections at a time, of all users.
  package var connectionsMax = 4_096

  package init() {}
}

/// The bounds that the broker sets itself; those of the protocol are in `WireLimits`.
enum BrokerLimits {
  static let connectionsPerUserMax = 1_024
  /// So many commands of one turn of the loop go to the store at once: it works on them while the loop reads what else has
  /// come.
  static let commandsPerHandOver = 16
  /// Descriptors that are no connections: uploads, the files of the store, the loop.
  static let descriptorsKept = uploadsPerUserMax + 64
  /// How often the broker's log is told of what goes wrong again and again.
  static let troubleRepeatMs: Int64 = 10_000
  /// Above this the broker takes no further calls from a client that does not read its replies.
  static let unsentBytesHigh = 4 << 20
  /// A stream continues when so little is unsent.
  static let unsentBytesLow = 256 << 10
  /// Events in one reply of Watch.
  static let eventsPerReplyMax = 200
  static let logLineBytesMax = 8 << 10
  /// Log text of one lease; what comes later is dropped, with a line that says so.
  static let logBytesPerLeaseMax = 1 << 20
  static let uploadsPerConnectionMax = 64
  /// Each may hold a file open.
  static let uploadsPerUserMax = 256
}
