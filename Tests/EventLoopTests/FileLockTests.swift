import EventLoop
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct FileLockTests {
  @Test func `a second lock is refused, in this process and in another, until the first is gone`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/lock"
      var lock = try holder(path)
      #expect(lock != nil)
      guard case .heldByAnother(let pid) = try FileLock.acquire(path) else {
        Issue.record("locked twice")
        return
      }
      #expect(pid == String(getpid()))
      #expect(try await tryFromChild(path, loop) == .exited(code: 1))
      lock = nil
      #expect(lock == nil)
      while try await tryFromChild(path, loop) != .exited(code: 0) {}
      #expect(Directory.names(in: directory) == ["lock"])
    }
  }

  @Test func `a running child does not keep the lock of its host`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/lock"
      var lock = try holder(path)
      #expect(lock != nil)
      try await onLoop(loop) { _ = try ChildProcess.spawn(ChildCommand("/bin/sleep", ["1000"]), on: loop) }
      lock = nil
      #expect(lock == nil)
      // Other tests start children at the same time, which hold every descriptor until their exec.
      let isFree: Bool = try await onLoop(loop) { done in
        let timer = Timer(on: loop) {
          if case .locked? = try? FileLock.acquire(path) { done(true) }
        }
        timer.start(afterMs: 0, repeatMs: 2)
      }
      #expect(isFree)
    }
  }

  @Test func `the lock is on the resolved path`() async throws {
    try await withLoop { _, directory in
      symlink("\(directory)/real", "\(directory)/link")
      let lock = try holder("\(directory)/link")
      #expect(lock?.path == "\(directory)/real")
      #expect(try holder("\(directory)/real") == nil)
    }
  }

  private func holder(_ path: String) throws -> FileLock? {
    guard case .locked(let lock) = try FileLock.acquire(path) else { return nil }
    return lock
  }

  private func tryFromChild(_ path: String, _ loop: EventLoop) async throws -> ChildProcess.Outcome {
    try await onLoop(loop) { done in
      let child = try ChildProcess.spawn(ChildCommand("/usr/bin/flock", ["-n", path, "/bin/true"]), on: loop)
      child.onExit = { done($0) }
    }
  }

  @Test func `a private directory is made with those above it, and refused when it is not private`() async throws {
    try await withLoop { _, directory in
      let path = "\(directory)/a/b"
      try PrivateDirectory.ensure(path)
      try PrivateDirectory.ensure(path)
      #expect(Inspect.exists(path))
      chmod(path, 0o755)
      #expect(throws: IOError.self) { try PrivateDirectory.ensure(path) }
      try PrivateDirectory.ensure(path, mode: 0o755)
      symlink(path, "\(directory)/link")
      let error = #expect(throws: IOError.self) { try PrivateDirectory.ensure("\(directory)/link") }
      #expect(error?.code == ENOTDIR)
    }
  }

  @Test func `only a directory that is this user's alone is told to be closed to others`() async throws {
    try await withLoop { _, directory in
      let (own, shared) = ("\(directory)/own", "\(directory)/shared")
      for path in [own, shared] { try PrivateDirectory.ensure(path) }
      chmod(own, 0o755)
      chmod(shared, 0o1777)
      #expect(remedy(for: own) == "Run: chmod 700 \(own)")
      #expect(remedy(for: shared)?.contains("for example \(shared)/genbroker-\(geteuid());") == true)
      symlink("/usr", "\(directory)/link")
      for path in ["/", "/usr", "/tmp", "/tmp/", "/var/lib", "\(directory)/link/share"] {
        #expect(remedy(for: path)?.hasPrefix("Use a directory of your own") == true, "\(path)")
      }
    }
  }

  private func remedy(for path: String) -> String? {
    do throws(IOError) {
      try PrivateDirectory.ensure(path)
      return nil
    } catch {
      return error.remedy
    }
  }
}
