/// The bounds of what jobs and tasks may be. The limits of the socket protocol are in `WireLimits`.
package enum ModelLimits {
  package static let kindBytesMax = 32
  package static let keyBytesMax = 512
  package static let titleBytesMax = 1024
  package static let pathBytesMax = 1024
  package static let pathComponentBytesMax = 255
  package static let projectBytesMax = 128
  /// Of a plugin.
  package static let versionBytesMax = 256
  package static let labelsMax = 32
  package static let recordSetBytesMax = 64
  package static let recordBytesMax = 64 * 1024
  /// A type, view, product …
  package static let columnBytesMax = 256
  package static let collectionBytesMax = 256
  package static let collectionsPerTaskMax = 16
  package static let itemsPerCollectionMax: Int64 = 100_000
  /// More in one call are refused.
  package static let filesPerArchiveMax = 10_000
  /// More in one call are refused.
  package static let filesPerRollbackMax = 10_000
  package static let labelBytesMax = 256
  package static let payloadBytesMax = 256 * 1024
  package static let optionsBytesMax = 64 * 1024
  package static let metaBytesMax = 256 * 1024
  package static let needsPerTaskMax = 10_000
  package static let outputsPerTaskMax = 1_000
  /// All of them together, so that a lease fits a message.
  package static let outputsBytesPerTaskMax = 128 * 1024
  package static let inputsPerJobMax = 10_000
  package static let tasksPerCallMax = 5_000
  package static let idempotencyKeyBytesMax = 256
  package static let messageBytesMax = 4096
  /// A pattern over keys: as long as the longest key.
  package static let globBytesMax = 512
  package static let priorities = -100...100

  package static let attemptsDefault = 3
  package static let crashesDefault = 5
  package static let attemptsMax = 1_000
  package static let timeoutMsMax: Int64 = 7 * 24 * 3_600_000

  /// Blobs above this size live in files of their own beside the database.
  package static let blobInDatabaseBytesMax = 128 * 1024
  package static let blobBytesMax: Int64 = 1 << 30

  // MARK: Model calls

  package static let modelsPerJobMax = 8
  package static let providerBytesMax = 32
  package static let modelBytesMax = 128
  package static let accountBytesMax = 64
  package static let purposeBytesMax = 256
  package static let promptBytesMax = 512 * 1024
  package static let answerBytesMax = 512 * 1024
  package static let rawUsageBytesMax = 16 * 1024
  package static let filesPerCallMax = 64
  /// What one call may take, so that a sum of very many stays a number: 10,000 US dollars.
  package static let picoUSDPerCallMax: Int64 = 10_000_000_000_000_000
  package static let tokensPerCallMax: Int64 = 1_000_000_000
  package static let creditsPerCallMax: Int64 = 1_000_000_000_000
  /// An account is parked for so long at most, whatever its provider asks for.
  package static let parkMsMax: Int64 = 24 * 3_600_000
  /// Calls of one lease that wait to be told; another one is told to come again.
  package static let callsWaitingPerLeaseMax = 16
  /// Calls that one worker makes at a time; for another one it asks again after a while.
  package static let callsOpenPerSessionMax: Int64 = 1_024
  package static let roomAgainMs: Int64 = 1_000
  /// Who was told that a call may be possible has its turn for so long.
  package static let callTurnMs: Int64 = 2_000
}
