import EventLoop
import Glibc
import TestSupport
import Testing

/// What a child left behind.
private struct Report: Sendable, Equatable {
  var output = ""
  var errors = ""
  var finish: ChildProcess.Finish?
  var exitsBeforeFinish = 0
}

private func shell(_ script: String) -> ChildCommand {
  ChildCommand("/bin/sh", ["-c", script], environment: ["PATH=/usr/bin:/bin"])
}

/// Runs a command to its finish; `set` may write to it, kill it, or look at its output as it comes.
private func run(
  _ command: ChildCommand, on loop: EventLoop, lingerMs: Int64 = 2000,
  onOutput: @escaping @Sendable (ChildProcess, String) -> Void = { _, _ in },
  set: @escaping @Sendable (ChildProcess) -> Void = { $0.input.shutdownAfterWrites() }
) async throws -> Report {
  try await onLoop(loop) { done in
    let child = try ChildProcess.spawn(command, on: loop)
    child.lingerMs = lingerMs
    let report = Box(Report())
    child.output.startReading(
      onData: {
        let text = $0.text
        report.value.output += text
        onOutput(child, text)
      }, onEnd: { _ in })
    child.errors.startReading(onData: { report.value.errors += $0.text }, onEnd: { _ in })
    child.onExit = { _ in report.value.exitsBeforeFinish += 1 }
    child.onFinished = {
      report.value.finish = $0
      done(report.value)
    }
    set(child)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct ChildProcessTests {
  @Test func `a child echoes a mebibyte and ends once, after all its output`() async throws {
    try await withLoop { loop, _ in
      let text = String(repeating: "0123456789abcde\n", count: 65536)
      let report = try await run(
        ChildCommand("/bin/cat"), on: loop,
        set: { child in
          child.input.write(Array(text.utf8))
          child.input.shutdownAfterWrites()
        })
      #expect(report.output == text)
      #expect(report.finish == ChildProcess.Finish(outcome: .exited(code: 0), wasCut: false))
      #expect(report.exitsBeforeFinish == 1)
    }
  }

  @Test func `standard streams are real pipes that can be opened by name`() async throws {
    try await withLoop { loop, _ in
      let report = try await run(
        shell("cat /dev/stdin > /dev/stdout; echo bad > /dev/stderr"), on: loop,
        set: { child in
          child.input.write(Array("through\n".utf8))
          child.input.shutdownAfterWrites()
        })
      #expect(report.output == "through\n")
      #expect(report.errors == "bad\n")
    }
  }

  @Test func `a child sees descriptors 0, 1 and 2 only`() async throws {
    try await withLoop { loop, _ in
      let careless = open("/dev/null", O_RDONLY)
      defer { close(careless) }
      try #require(careless > 2)
      let report = try await run(shell("ls /proc/$$/fd"), on: loop)
      #expect(report.output == "0\n1\n2\n")
    }
  }

  @Test func `a child has exactly the given environment and directory, and no ignored signals`() async throws {
    try await withLoop { loop, directory in
      let env = try await run(ChildCommand("/usr/bin/env", environment: ["A=1", "B=two words"]), on: loop)
      #expect(env.output == "A=1\nB=two words\n")
      let place = try await run(ChildCommand("/bin/pwd", directory: directory), on: loop)
      #expect(place.output == "\(directory)\n")
      let ignored = try await run(ChildCommand("/bin/grep", ["SigIgn", "/proc/self/status"]), on: loop)
      #expect(ignored.output == "SigIgn:\t0000000000000000\n")
    }
  }

  @Test func `limits are in force in the child`() async throws {
    try await withLoop { loop, _ in
      var command = shell("ulimit -n; ulimit -c")
      command.limits.openFiles = 77
      let report = try await run(command, on: loop)
      #expect(report.output == "77\n0\n")
    }
  }

  @Test(arguments: [("/nonexistent/program", ENOENT), ("/tmp", EACCES)])
  func `a program that cannot be run is an error with its name and reason`(path: String, code: Int32) async throws {
    try await withLoop { loop, _ in
      let error = await #expect(throws: IOError.self) {
        _ = try await run(ChildCommand(path), on: loop)
      }
      #expect(error?.code == code)
      #expect(error?.problem.hasPrefix("Cannot run \(path): ") == true)
    }
  }

  @Test func `a directory that is not there is named in the error`() async throws {
    try await withLoop { loop, _ in
      let error = await #expect(throws: IOError.self) {
        _ = try await run(ChildCommand("/bin/true", directory: "/nonexistent"), on: loop)
      }
      #expect(error?.problem == "Cannot run /bin/true in /nonexistent: No such file or directory.")
    }
  }

  @Test func `a kill reaches the whole process group`() async throws {
    try await withLoop { loop, _ in
      let report = try await run(shell("sleep 1000 & echo $!; wait"), on: loop, onOutput: { child, _ in child.kill() })
      #expect(report.finish?.outcome == .killed(signal: SIGKILL))
      try await expectGone(Int32(report.output.dropLast()), loop)
    }
  }

  @Test func `a grandchild that holds the output open is killed after the wait`() async throws {
    try await withLoop { loop, _ in
      let report = try await run(shell("sleep 1000 & echo $!; exit 3"), on: loop, lingerMs: 1000)
      #expect(report.finish == ChildProcess.Finish(outcome: .exited(code: 3), wasCut: false))
      try await expectGone(Int32(report.output.dropLast()), loop)
    }
  }

  @Test func `a grandchild that left the group does not hold up the finish`() async throws {
    try await withLoop { loop, _ in
      let script = "setsid sh -c 'echo $$; exec sleep 1000' & exit 3"
      let report = try await run(shell(script), on: loop, lingerMs: 300)
      #expect(report.finish == ChildProcess.Finish(outcome: .exited(code: 3), wasCut: true))
      let stray = try #require(Int32(report.output.dropLast()))
      kill(stray, SIGKILL)
    }
  }

  @Test func `writing to a child that has closed its input fails once and kills nobody`() async throws {
    try await withLoop { loop, _ in
      let code: Int32 = try await onLoop(loop) { done in
        let child = try ChildProcess.spawn(shell("exec 0<&-; echo closed; sleep 1000"), on: loop)
        child.input.onWriteFailure = { failure in
          done(failure.code)
          child.close()
        }
        // Other tests start children at the same time, which hold every descriptor for a moment: write until it fails.
        let writer = Timer(on: loop) { child.input.write([1, 2, 3]) }
        child.output.startReading(onData: { _ in writer.start(afterMs: 0, repeatMs: 1) }, onEnd: { _ in })
      }
      #expect(code == EPIPE)
    }
  }

  @Test func `a child that does not read leaves a queue whose size is known`() async throws {
    try await withLoop { loop, _ in
      let unsent: Int = try await onLoop(loop) { done in
        let child = try ChildProcess.spawn(ChildCommand("/bin/sleep", ["1000"]), on: loop)
        child.input.write([UInt8](repeating: 0, count: 1_000_000))
        loop.atTurnEnd {
          loop.after(ms: 20) {
            done(child.input.unsentBytes)
            child.close()
          }
        }
      }
      // A pipe holds 64 KiB.
      #expect(unsent == 1_000_000 - 65536)
    }
  }

  @Test func `the end of the loop kills its children`() async throws {
    let loop = try EventLoop.start(name: "test-end")
    let pid = try await onLoop(loop) { try ChildProcess.spawn(ChildCommand("/bin/sleep", ["1000"]), on: loop).pid }
    await loop.shutDown()
    // Killed and reaped: not even a zombie is left.
    #expect(kill(pid, 0) == -1)
    #expect(errno == ESRCH)
  }

  @Test func `a child dies with its host`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/pid"
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let loop = try EventLoop.start(name: "test-host")
        let pid: Int32 = try await onLoop(loop) { done in
          let child = try ChildProcess.spawn(shell("echo ready; exec sleep 1000"), on: loop)
          child.output.startReading(onData: { _ in done(child.pid) }, onEnd: { _ in })
        }
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let text = Array("\(pid)\n".utf8)
        write(file, text, text.count)
        kill(getpid(), SIGKILL)
      }
      let report = try await run(ChildCommand("/bin/cat", [path]), on: loop)
      try await expectGone(Int32(report.output.dropLast()), loop)
    }
  }

  @Test func `a thousand children, 32 at a time, leave no descriptor behind`() async throws {
    await #expect(processExitsWith: .success) {
      let loop = try EventLoop.start(name: "test-many")
      _ = try await run(ChildCommand("/bin/true"), on: loop)
      let before = Directory.names(in: "/proc/self/fd").count
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<32 {
          group.addTask {
            for _ in 0..<32 {
              let report = try await run(ChildCommand("/bin/true"), on: loop)
              precondition(report.finish?.outcome == .exited(code: 0))
            }
          }
        }
        try await group.waitForAll()
      }
      precondition(Directory.names(in: "/proc/self/fd").count == before, "descriptors leaked")
    }
  }
}

/// Waits until a process is gone, or at most a zombie that its new parent has yet to reap.
private func expectGone(_ pid: Int32?, _ loop: EventLoop) async throws {
  let pid = try #require(pid)
  let isGone: Bool = try await onLoop(loop) { done in
    let timer = Timer(on: loop) {
      let state = Directory.contents("/proc/\(pid)/stat").flatMap { $0.split(separator: ")").last?.first { $0 != " " } }
      if state == nil || state == "Z" { done(true) }
    }
    timer.start(afterMs: 0, repeatMs: 5)
  }
  #expect(isGone)
}
