/// The bounds of what jobs and tasks may be. The limits of the socket protocol are in `WireLimits`.
package enum ModelLimits {
  package static let kindBytesMax = 32
  package static let keyBytesMax = 512
  package static let titleBytesMax = 1024
  package static let pathBytesMax = 1024
  package static let pathComponentBytesMax = 255
  package static let projectBytesMax = 128
  package static let labelsMax = 32
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
}
