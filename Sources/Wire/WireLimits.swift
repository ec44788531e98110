import JobModel
package import Varlink

/// Every limit of the socket protocol and the plugin protocol; what a job may hold is in `ModelLimits`.
///
/// The table in README.md repeats these numbers, and a test compares them.
package enum WireLimits {
  // MARK: Messages of the socket

  /// One message in either direction, without its NUL.
  package static let messageBytesMax = 1 << 20
  /// Objects and arrays inside each other, the message itself included.
  package static let messageDepthMax = 64
  /// Calls of one connection that are not answered yet; then the broker stops reading it.
  package static let openCallsMax = 128
  /// The same in bytes of memory: the text of a call, and sixteen bytes for each value in it.
  package static let openBytesMax = 16 << 20
  /// Bytes of one connection that wait in the broker; then it stops reading it.
  package static let bufferedBytesMax = 4 << 20

  // MARK: Fields

  /// Objects and arrays inside each other in `payload`, `options` and `meta`, the value itself included. They come back
  /// inside larger messages, which have to stay within `messageDepthMax`.
  package static let objectDepthMax = 48

  /// `data` in one call or reply, decoded.
  package static let inlineDataBytesMax = 256 << 10
  /// The parameter `payload` of a task, as JSON without white space.
  package static let payloadBytesMax = ModelLimits.payloadBytesMax
  /// Items of a page, whatever the caller asks for.
  package static let pageItemsMax = 500
  /// Versions of a file with the calls that have made them.
  package static let versionsPerPageMax = 100
  /// Done items that come with a lease; `DoneItems` reads the rest.
  package static let doneItemsPerLeaseMax = 500
  /// The same in bytes of JSON.
  package static let doneBytesPerLeaseMax = 128 << 10
  /// Missing needs that come with a lease, in bytes of JSON; the rest is left out.
  package static let missingNeedsBytesPerLeaseMax = 128 << 10
  /// Results of one worker that are not answered yet, unless the broker says otherwise.
  package static let windowResultsDefault = 64
  /// Lines in one call of `Log`.
  package static let logLinesPerCallMax = 500
  /// One line of a log; what is longer is cut.
  package static let logLineBytesMax = 8 << 10

  // MARK: Lines of the plugin protocol

  /// A line in either direction, without its end.
  package static let lineBytesMax = 1 << 20
  /// A line from the host, unless payload, options and outputs of the task alone are larger: many readers stop at 64 KiB.
  package static let hostLineBytesMax = 48 << 10
  /// What one `read` of a plugin brings, decoded: with base64 and its envelope it fits `hostLineBytesMax`.
  package static let pluginReadBytesMax = 32 << 10

  /// What each side of a broker's connection takes from the other.
  package static let connection = ConnectionLimits(
    messageBytesMax: messageBytesMax, messageDepthMax: messageDepthMax, openCallsMax: openCallsMax,
    openBytesMax: openBytesMax, bufferedBytesMax: bufferedBytesMax)
}
