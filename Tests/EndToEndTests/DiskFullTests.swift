import EventLoop
import Foundation
import Glibc
import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// A moment without space on the disk of the store ends nothing and holds nothing up for ever.
  @Suite(.timeLimit(.minutes(10)))
  struct DiskFull {
    @Test func `a worker that dies while the disk is full loses its task when there is space again`() async throws {
      try await Installation.with { installation in
        guard let disk = try await SmallDisk(installation, megabytes: 8) else { return }
        defer { disk.unmount() }
        _ = try await installation.broker()
        // The log grows beyond what it had at the start, so that the next commit needs space.
        let others = (0..<2_500).map { JobsAPI.TaskSpec(key: "\($0)", kind: "others") }
        _ = try await installation.submitTasks(others)
        let job = try await installation.submitTasks([JobsAPI.TaskSpec(key: "a")])
        let dying = try await installation.start(
          "/usr/bin/env", ["python3", Built.plugins + "/bare_worker.py", installation.socket, "scripted"])
        try await dying.line(containing: "leased")
        try disk.fill()
        dying.signal(SIGKILL)
        _ = try await dying.end()
        try await waitUntilNobodyIsAttached(installation)
        // The store has tried by now to end the lease: it answers in the order in which it is asked.
        let refused = try await installation.genbroker("cancel", "\(job)")
        #expect(refused.errors.contains("disk of the job store is full"), "\(refused.errors)")
        try disk.free()
        let catcher = try LeaseCatcher(installation, kind: "scripted")
        let lease = catcher.nextLease()
        try catcher.want(1)
        try catcher.complete(try await lease.value)
        #expect(try await installation.end(of: job).state == .succeeded)
        #expect(try await installation.findings().isEmpty)
      }
    }

    @Test func `on a full disk jobs can be cancelled and removed, and then work goes on`() async throws {
      try await Installation.with { installation in
        guard let disk = try await SmallDisk(installation, megabytes: 80) else { return }
        defer { disk.unmount() }
        _ = try await installation.broker()
        let title = String(repeating: "x", count: 900)
        let tasks = (0..<700).map { JobsAPI.TaskSpec(key: "\($0)", title: title) }
        let (first, second) = (try await installation.submitTasks(tasks), try await installation.submitTasks(tasks))
        for job in [first, second] { _ = try await installation.genbroker("cancel", "\(job)") }
        let live = try await installation.submitTasks([JobsAPI.TaskSpec(key: "live")])
        try disk.fill()
        // New work is refused at once; what people do with their jobs goes on until nothing more fits into the log.
        let reason = String(repeating: "y", count: 900)
        _ = try await eventually("the store has no space left") { () -> Bool? in
          do {
            _ = try await installation.call(JobsAPI.Pause(job: live, reason: reason))
            _ = try await installation.call(JobsAPI.Resume(job: live))
            return nil
          } catch {
            return "\(error)".contains("disk of the job store is full") ? true : nil
          }
        }
        let reserve = installation.store + ".reserve"
        #expect(FileManager.default.fileExists(atPath: reserve))
        let cancel = try await installation.genbroker("cancel", "\(live)")
        #expect(cancel.outcome == .exited(code: 0), "\(cancel.errors)")
        #expect(!FileManager.default.fileExists(atPath: reserve), "it was not needed")
        let prune = try await installation.genbroker("prune", "--keep", "0")
        #expect(prune.outcome == .exited(code: 0) && prune.output.contains("removed"), "\(prune.errors)")
        let job = try await installation.submitTasks([JobsAPI.TaskSpec(key: "new")])
        #expect(job > live)
        #expect(try await installation.findings().isEmpty)
      }
    }

    @Test func `a backup for which there is no space leaves nothing, and nobody notices`() async throws {
      try await Installation.with { installation in
        let place = installation.directory + "/tmp"
        guard let disk = try await SmallDisk(installation, megabytes: 1, at: place) else { return }
        defer { disk.unmount() }
        _ = try await installation.broker()
        // One that needs more room in the database, one that needs it beside the database.
        for bytes in [120 << 10, 2 << 20] {
          let inputs = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<(bytes > 1 << 20 ? 1 : 12) {
              let path = installation.directory + "/input-\(bytes)-\(number)"
              try Data(repeating: UInt8(number), count: bytes).write(to: URL(fileURLWithPath: path))
              group.addTask { try await installation.upload(file: path) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
          }
          let backup = try await installation.genbroker("backup", place + "/copy")
          #expect(backup.outcome == .exited(code: 5) && backup.errors.contains("no space for the backup in '\(place)'"))
          #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty, "\(inputs.count) inputs")
          _ = try await installation.submitTasks([JobsAPI.TaskSpec(key: "a")])
          #expect(try await installation.findings().isEmpty)
        }
      }
    }

    @Test func `a result that finds the disk full waits at its worker, and is stored when there is space again`()
      async throws
    {
      try await Installation.with { installation in
        guard let disk = try await SmallDisk(installation, megabytes: 8) else { return }
        defer { disk.unmount() }
        let broker = try await installation.broker()
        let plugin = try installation.plugin("scripted.py", ["--kind", "scripted", "--log", "/dev/null"])
        _ = try await installation.worker(kind: "scripted", concurrency: 2, plugin: plugin)
        let before = try await installation.submitTasks([JobsAPI.TaskSpec(key: "before", payload: ["do": "result"])])
        #expect(try await installation.end(of: before).state == .succeeded)
        // The log grows beyond what it had at the start, so that the next commit needs space.
        let others = (0..<1_000).map { JobsAPI.TaskSpec(key: "\($0)", kind: "others") }
        _ = try await installation.submitTasks(others)
        let gate = installation.directory + "/gate"
        let waiting = JobsAPI.TaskSpec(key: "waiting", payload: ["do": "result", "gates": ["1": .string(gate)]])
        let job = try await installation.submitTasks([waiting])
        _ = try await eventually("the worker is at it") {
          try await installation.call(JobsAPI.Show(job: job)).job.counts.leased == 1 ? true : nil
        }
        try disk.fill()
        try Data().write(to: URL(fileURLWithPath: gate))
        try await broker.line(containing: "the disk of the job store is full")
        // What was acknowledged before can be read meanwhile.
        #expect(try await installation.text("before.txt", of: before) == "attempt 1\n")
        try disk.free()
        #expect(try await installation.end(of: job).state == .succeeded)
        #expect(try await installation.text("waiting.txt", of: job) == "attempt 1\n")
        #expect(try await installation.call(JobsAPI.Errors(job: job)).errors.isEmpty)
        #expect(try await installation.findings().isEmpty)
      }
    }

    @Test func `on a disk that is nearly full no new work is taken, and the work that is there goes on`() async throws {
      try await Installation.with { installation in
        guard let disk = try await SmallDisk(installation, megabytes: 400) else { return }
        defer { disk.unmount() }
        _ = try await installation.broker()
        let job = try await installation.submitTasks([
          JobsAPI.TaskSpec(key: "before", kind: "scripted", payload: ["do": "result"])
        ])
        // A hundredth of the disk is kept; half of that is left.
        try disk.fill(leaving: 2 << 20)
        let input = installation.directory + "/input"
        try Data("input".utf8).write(to: URL(fileURLWithPath: input))
        for attempt in [
          { _ = try await installation.submitTasks([JobsAPI.TaskSpec(key: "new")]) },
          { _ = try await installation.upload(file: input) },
        ] {
          let error = await #expect(throws: (any Error).self) { try await attempt() }
          #expect("\(error.map { "\($0)" } ?? "")".contains("nearly full"))
        }
        let plugin = try installation.plugin("scripted.py", ["--kind", "scripted", "--log", "/dev/null"])
        _ = try await installation.worker(kind: "scripted", plugin: plugin)
        #expect(try await installation.end(of: job).state == .succeeded)
        #expect(try await installation.text("before.txt", of: job) == "attempt 1\n")
        try disk.free()
        _ = try await installation.submitTasks([JobsAPI.TaskSpec(key: "new")])
        #expect(try await installation.findings().isEmpty)
      }
    }

    private func waitUntilNobodyIsAttached(_ installation: Installation) async throws {
      _ = try await eventually("the broker has seen the end of the worker") {
        try await installation.call(AdminAPI.Workers()).workers.isEmpty ? true : nil
      }
    }
  }
}

/// A small file system of its own.
private struct SmallDisk {
  private let directory: String

  /// Mounts it over a directory, that of the store when `place` is absent; `nil` where that is not allowed, which is said.
  init?(_ installation: Installation, megabytes: Int, at place: String? = nil) async throws {
    directory = place ?? (installation.store as NSString).deletingLastPathComponent
    let mount = try await installation.start(
      "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=700", "tmpfs", directory]
    ).end()
    guard mount.outcome == .exited(code: 0) else {
      print("skipped: no file system can be mounted here: \(mount.errors)")
      return nil
    }
  }

  /// Leaves so many bytes free.
  func fill(leaving bytes: off_t = 0) throws {
    let file = open(directory + "/filler", O_WRONLY | O_CREAT, 0o600)
    guard file >= 0 else { throw SupportError(message: "the filler cannot be made") }
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: 4096)
    while write(file, block, block.count) > 0 {}
    guard errno == ENOSPC else { throw SupportError(message: "the disk is not full: errno \(errno)") }
    guard ftruncate(file, lseek(file, 0, SEEK_END) - bytes) == 0 else {
      throw SupportError(message: "the filler cannot be made shorter")
    }
  }

  func free() throws {
    guard unlink(directory + "/filler") == 0 else { throw SupportError(message: "the filler cannot be removed") }
  }

  func unmount() { umount2(directory, Int32(MNT_DETACH)) }
}
