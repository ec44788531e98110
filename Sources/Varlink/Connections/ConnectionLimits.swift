/// What one side of a connection takes from the other.
package struct ConnectionLimits: Sendable {
  /// Of one message, without its NUL.
  package var messageSizeMaxBytes: Int
  /// How deep the JSON of a message may nest.
  package var messageDepthMax: Int
  /// Calls that were handed out and not answered.
  package var openCallsMax: Int
  /// Bytes that came in and were not handed out, and replies that wait for an earlier one.
  package var bufferedMaxBytes: Int

  package init(messageSizeMaxBytes: Int, messageDepthMax: Int, openCallsMax: Int, bufferedMaxBytes: Int) {
    self.messageSizeMaxBytes = messageSizeMaxBytes
    self.messageDepthMax = messageDepthMax
    self.openCallsMax = openCallsMax
    self.bufferedMaxBytes = bufferedMaxBytes
  }
}
