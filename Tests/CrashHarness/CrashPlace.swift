import Foundation

/// The files by which the harness and its clients know of each other.
struct CrashPlace: Sendable {
  let directory: String

  var socket: String { directory + "/socket" }

  /// What a client was told.
  func log(of client: String) -> String { "\(directory)/\(client).log" }

  /// Clients that find this file submit nothing more, and end when all they have submitted has ended.
  private var finish: String { directory + "/finish" }

  var isFinishing: Bool { FileManager.default.fileExists(atPath: finish) }

  func beginFinish() throws { try Data().write(to: URL(fileURLWithPath: finish)) }
}
