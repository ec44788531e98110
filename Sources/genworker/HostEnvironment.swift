import EventLoop
import FileSystem
import Glibc

/// What the program is started in.
struct HostEnvironment: Sendable {
  var variables: [String: String]
  var currentDirectory: String
  /// The directory of this program's own file; `nil` when it is not known.
  var ownDirectory: String?

  static var current: HostEnvironment {
    HostEnvironment(
      variables: processEnvironment(), currentDirectory: (try? FileTree.currentDirectory()) ?? "/",
      ownDirectory: try? FileTree.programDirectory())
  }

  /// Where directories for a while are made.
  var temporaryDirectory: String { variables["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp" }
}

/// Writes a text; what cannot be written is dropped, nobody could be told.
func writeAll(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = Glibc.write(descriptor, Array(bytes), bytes.count)
    guard count > 0 || errno == EINTR else { return }
    bytes = bytes.dropFirst(max(0, count))
  }
}
