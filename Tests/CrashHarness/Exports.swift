import EventLoop
import ProcessSupport
import StoreSupport
import TestSupport

/// Reads files as people do: by `genbroker export` and `genbroker cat`.
struct Exports {
  private let installation: Installation

  init(_ installation: Installation) { self.installation = installation }

  /// The files of a job, by path.
  func tree(of job: Int) async throws -> [String: [UInt8]] {
    let target = installation.directory + "/export"
    let ran = try await installation.genbroker("export", "--partial", "\(job)", "-o", target)
    defer { removeTree(target) }
    guard ran.outcome == .exited(code: 0) else { throw Violation("export of job \(job): \(ran.output)\(ran.errors)") }
    return try FileContents.below(target)
  }

  /// One file of a job.
  func file(_ path: String, of job: Int) async throws -> [UInt8] {
    Array(try await installation.text(path, of: job).utf8)
  }
}
