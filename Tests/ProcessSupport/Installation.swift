import BrokerClient
import Digest
package import EventLoop
import Foundation
import Synchronization
import TestSupport
package import Wire

/// A place for one broker, its processes and its clients: a directory of its own, with socket and store.
package final class Installation: Sendable {
  /// Everything of this place lies below it.
  package let directory: String
  /// Where the broker listens.
  package let socket: String
  /// The database of the broker.
  package let store: String
  /// The loop of programs and clients.
  package let loop: EventLoop
  private let programs = Mutex<[Program]>([])

  private init(_ directory: String, on loop: EventLoop) {
    self.directory = directory
    self.loop = loop
    socket = directory + "/socket"
    store = directory + "/store/jobs.sqlite"
  }

  /// Runs `body` in a new place; kills whatever it has started, and removes the directory.
  ///
  /// - Parameter keepsFailures: leaves the directory where it is when `body` throws, for who wants to look at it.
  package static func with(
    keepsFailures: Bool = false, _ body: (Installation) async throws -> Void
  ) async throws {
    let directory = try makeDirectory()
    let loop = try EventLoop.start(name: "e2e")
    let installation = Installation(directory, on: loop)
    for name in ["store", "tmp", "home", "bin"] {
      try FileManager.default.createDirectory(atPath: directory + "/" + name, withIntermediateDirectories: false)
    }
    var failure: (any Error)?
    do {
      try await body(installation)
    } catch {
      failure = error
      await installation.tellState()
    }
    await loop.shutDown()
    guard let failure else { return removeTree(directory) }
    if keepsFailures { print("everything is still in \(directory)") } else { removeTree(directory) }
    throw failure
  }

  /// Prints what the broker says of itself and what the programs said last, for whoever has to find out why a test failed.
  private func tellState() async {
    let programs = programs.withLock { $0 }
    for command in [["status"], ["workers"], ["list"], ["explain", "@last"]] {
      guard let program = try? await start(Built.genbroker, command), let ran = try? await program.end() else {
        continue
      }
      print("genbroker \(command.joined(separator: " ")):\n\(ran.output)\(ran.errors)")
    }
    for program in programs.suffix(8) where program.name != "sleep" {
      let now = program.now
      let words = now.errors.split(separator: "\n").suffix(25).joined(separator: "\n  ")
      print("\(program.name) \(program.processID), \(now.outcome.map { "\($0)" } ?? "running"):\n  \(words)")
    }
  }

  // MARK: Processes

  /// Starts the broker and waits until it is ready.
  ///
  /// - Parameter wrapper: a program that runs the broker, with its own arguments.
  package func broker(_ arguments: [String] = [], under wrapper: [String] = []) async throws -> Program {
    let command = wrapper + [Built.genbroker, "serve"] + arguments
    let broker = try await start(command[0], Array(command.dropFirst()))
    try await broker.line(containing: "ready at")
    return broker
  }

  /// Starts a worker and waits until it is attached.
  package func worker(
    kind: String, concurrency: Int = 1, plugin: String? = nil, name: String? = nil, _ more: [String] = []
  ) async throws -> Program {
    var arguments = ["--kind", kind, "--concurrency", "\(concurrency)"] + more
    if let plugin { arguments += ["--plugin", plugin] }
    if let name { arguments += ["--name", name] }
    let worker = try await start(Built.genworker, arguments)
    try await worker.line(containing: "\(kind) worker")
    return worker
  }

  /// Runs a command of genbroker to its end.
  package func genbroker(_ arguments: String...) async throws -> Program.Record {
    try await start(Built.genbroker, arguments).end()
  }

  /// Starts a program that finds this broker by its environment.
  package func start(_ executable: String, _ arguments: [String]) async throws -> Program {
    let program = try await Program.start(
      executable, arguments, environment: environment, directory: directory, on: loop)
    programs.withLock { $0.append(program) }
    return program
  }

  private var environment: [String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let inherited = ["SWIFT_BACKTRACE", "ASAN_OPTIONS", "TSAN_OPTIONS"].compactMap { name in
      ProcessInfo.processInfo.environment[name].map { "\(name)=\($0)" }
    }
    return inherited + [
      "PATH=\(directory)/bin:\(path)", "HOME=\(directory)/home", "TMPDIR=\(directory)/tmp", "LANG=C.UTF-8",
      "GENBROKER_SOCKET=\(socket)", "GENBROKER_STORE=\(store)",
    ]
  }

  // MARK: Clients

  /// One call on a connection of its own.
  package func call<Call: WireCall>(_ call: Call) async throws -> Call.Reply {
    let connection = try await BrokerConnection.connect(path: socket, on: loop)
    let reply = try await connection.call(call)
    await connection.close()
    return reply
  }

  /// Uploads an input; returns its hash.
  package func upload(file path: String) async throws -> String {
    let connection = try await BrokerConnection.connect(path: socket, on: loop)
    let stored = try await connection.upload(file: path)
    await connection.close()
    return stored.sha256.hex
  }

  /// Waits until a job has ended.
  package func end(of job: Int, seconds: Int64 = patienceMs / 1000) async throws -> JobsAPI.Job {
    try await eventually("job \(job) ends", seconds: seconds) {
      let now = try await call(JobsAPI.Show(job: job)).job
      return [.succeeded, .failed, .cancelled].contains(now.state) ? now : nil
    }
  }

  /// Every version of every file of a job's project.
  package func files(of job: Int) async throws -> [FilesAPI.File] {
    var files: [FilesAPI.File] = []
    var more = true
    while more {
      let page = try await call(
        FilesAPI.List(job: job, allVersions: true, after: files.last?.path, limit: 500))
      files += page.files
      more = page.more
    }
    return files
  }

  /// The content of the head of a file.
  package func text(_ path: String, of job: Int, version: Int? = nil) async throws -> String {
    let ran = try await start(
      Built.genbroker, ["cat", "\(job)", path] + (version.map { ["--file-version", "\($0)"] } ?? [])
    ).end()
    return ran.output
  }

  /// Follows the history until the task is cancelled, over all restarts of the broker, each time from where it was.
  ///
  /// - Parameter start: a cursor; from now on when absent.
  package func follow(since start: String? = nil, each: (JobsAPI.Watch.Reply) -> Void) async {
    var cursor = start
    while !Task.isCancelled {
      // A broker that is away comes back; that it does is for the test to notice.
      try? await followOnce(&cursor, each)
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  private func followOnce(_ cursor: inout String?, _ each: (JobsAPI.Watch.Reply) -> Void) async throws {
    let connection = try await BrokerConnection.connect(path: socket, on: loop)
    for try await reply in await connection.stream(JobsAPI.Watch(since: cursor)) {
      each(reply)
      cursor = reply.cursor
    }
    await connection.close()
  }

  /// What `genbroker check` says; empty when the store is sound.
  package func findings() async throws -> [String] {
    try await call(AdminAPI.Check()).findings.map { "\($0.check): \($0.message)" }
  }

  // MARK: Plugins

  /// A plugin of these tests with its own arguments, as the one executable that a worker wants.
  ///
  /// - Parameter kind: the kind for which programs of this place find it by themselves.
  @discardableResult
  package func plugin(_ script: String, _ arguments: [String], foundAs kind: String? = nil) throws -> String {
    let words = (["/usr/bin/env", "python3", Built.plugins + "/" + script] + arguments).map { "'\($0)'" }
    let path = directory + (kind.map { "/bin/genplugin-\($0)" } ?? "/plugin-\(UUID().uuidString)")
    try Data("#!/bin/sh\nexec \(words.joined(separator: " "))\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }
}

/// Where the programs are that the tests start.
package enum Built {
  /// The broker, and every command for people.
  package static let genbroker = directory + "/genbroker"
  /// The worker.
  package static let genworker = directory + "/genworker"
  /// The generator of kind `docs`.
  package static let docsPlugin = directory + "/genplugin-docs"
  /// The generator of kind `code`.
  package static let codePlugin = directory + "/genplugin-code"
  /// The generator of kind `images`.
  package static let imagesPlugin = directory + "/genplugin-images"

  private static let directory = BuiltProduct.directory ?? "."

  /// The folder of the sources.
  package static let package = URL(fileURLWithPath: #filePath).pathComponents.dropLast(3).joined(separator: "/")
    .replacing("//", with: "/")
  /// The scripts of these tests.
  package static let plugins = package + "/Tests/ProcessSupport/Plugins"
}
