/// Where the broker's socket is when nobody says otherwise.
package enum SocketPath {
  /// `$GENBROKER_SOCKET`, else `$XDG_RUNTIME_DIR/genbroker/socket`, else `~/.local/state/genbroker/socket`.
  ///
  /// - Parameter given: what the command line says; it goes first.
  /// - Throws: `ConnectionFailure` when none of them is known.
  package static func resolve(_ given: String?, environment: [String: String]) throws(ConnectionFailure) -> String {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let given { return given }
    if let path = value("GENBROKER_SOCKET") { return path }
    if let directory = value("XDG_RUNTIME_DIR") { return directory + "/genbroker/socket" }
    if let home = value("HOME") { return home + "/.local/state/genbroker/socket" }
    throw ConnectionFailure(
      .unreachable, "it is not known where the broker's socket is: HOME and XDG_RUNTIME_DIR are not set",
      remedy: "name the socket with --socket PATH or GENBROKER_SOCKET")
  }
}
