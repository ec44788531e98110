import EventLoop
import Foundation
import Glibc
import ProcessSupport
import TestSupport
import Testing

extension EndToEnd {
  /// The death of a broker in the middle of a backup.
  @Suite(.timeLimit(.minutes(10)))
  struct BackupKilled {
    @Test func `a broker that is killed while it backs up leaves nothing that looks like a backup`() async throws {
      try await Installation.with { installation in
        let place = installation.directory + "/backups"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        var broker = try await installation.broker()
        let input = installation.directory + "/input"
        try Data(repeating: 1, count: 12 << 20).write(to: URL(fileURLWithPath: input))
        _ = try await installation.upload(file: input)
        var interrupted = 0
        for round in 0..<20 where interrupted < 3 {
          let name = "copy-\(round)"
          let command = try await installation.start(Built.genbroker, ["backup", place + "/" + name])
          _ = try await eventually("the backup has begun") {
            try names(in: place).contains { $0.hasPrefix(".genbroker-backup-") || $0 == name } ? true : nil
          }
          broker.signal(SIGKILL)
          _ = try await broker.end()
          let wasTold = try await command.end().outcome == .exited(code: 0)
          let isThere = try names(in: place).contains(name)
          #expect(isThere || !wasTold, "a backup was acknowledged and is not there")
          if isThere { try await expectWhole(place + "/" + name) } else { interrupted += 1 }
          broker = try await installation.broker()
        }
        #expect(interrupted > 0, "no backup was interrupted")
        print("\(interrupted) backups interrupted")
        // What they have left is in nobody's way.
        let last = try await installation.genbroker("backup", place + "/last")
        #expect(last.outcome == .exited(code: 0), "\(last.errors)")
        try await expectWhole(place + "/last")
      }
    }

    private func names(in directory: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: directory)
    }

    /// A broker can start on it, and finds nothing wrong. It is started on in its place, and so no backup any more.
    private func expectWhole(_ backup: String) async throws {
      try await Installation.with { other in
        _ = try await other.broker(["--store", backup])
        #expect(try await other.findings().isEmpty)
      }
    }
  }
}
