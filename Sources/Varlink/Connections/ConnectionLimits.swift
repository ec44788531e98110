/// What one side of a connection takes from the other.
package struct ConnectionLimits: Sendable {
  /// Of one message, without its NUL.
  package var messageBytesMax: Int
  /// How deep the JSON of a message may nest.
  package var messageDepthMax: Int
  /// Calls that were handed out and not answered.
  package var openCallsMax: Int
  /// The same in bytes of memory that their messages take: a call that comes out may go beyond it, the next one waits.
  package var openBytesMax: Int
  /// Bytes that came in and were not handed out, and replies that wait for an earlier one.
  package var bufferedBytesMax: Int

  package init(messageBytesMax: Int, messageDepthMax: Int, openCallsMax: Int, openBytesMax: Int, bufferedBytesMax: Int)
  {
    self.messageBytesMax = messageBytesMax
    self.messageDepthMax = messageDepthMax
    self.openCallsMax = openCallsMax
    self.openBytesMax = openBytesMax
    self.bufferedBytesMax = bufferedBytesMax
  }
}
