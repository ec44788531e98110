/// What bounds every request. Units are in the names.
package enum HTTPLimits {
  /// Connections that stay open for reuse.
  package static let idleConnectionsMax = 16
  /// The header of an answer.
  package static let headerBytesMax = 256 * 1024
}
