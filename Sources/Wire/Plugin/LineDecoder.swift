import Varlink

/// Cuts what a plugin or its host writes into lines. Empty lines are skipped; a carriage return before the line feed is
/// white space to JSON.
package struct LineDecoder: Sendable {
  private var frames: FrameDecoder
  private let bytesMax: Int

  /// Lines of more than `bytesMax` are refused.
  package init(bytesMax: Int = WireLimits.lineBytesMax) {
    self.bytesMax = bytesMax
    frames = FrameDecoder(bytesMax: bytesMax, terminator: UInt8(ascii: "\n"))
  }

  package mutating func append(_ bytes: some Collection<UInt8>) {
    frames.append(bytes)
  }

  /// Bytes of a line whose end has not come; when the stream ends then, the line was cut off.
  package var bufferedBytes: Int { frames.bufferedBytes }

  /// The next whole line without its end; `nil` when more bytes are needed.
  ///
  /// - Throws: `PluginLineError` when a line is too long: nothing after it can be trusted.
  package mutating func next() throws(PluginLineError) -> [UInt8]? {
    do {
      while let line = try frames.next() {
        if !line.allSatisfy({ $0 == UInt8(ascii: "\r") }) { return line }
      }
      return nil
    } catch {
      throw PluginLineError(.invalidRequest, "a line of more than \(bytesMax) bytes")
    }
  }
}
