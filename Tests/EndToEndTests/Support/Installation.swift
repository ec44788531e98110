import BrokerClient
import Digest
import EventLoop
import Foundation
import Synchronization
import TestSupport
import Wire

/// A place for one broker, its processes and its clients: a directory of its own, with socket and store.
final class Installation: Sendable {
  let directory: String
  let socket: String
  let store: String
  let loop: EventLoop
  private let programs = Mutex<[Program]>([])

  private init(_ directory: String, on loop: EventLoop) {
    self.directory = directory
    self.loop = loop
    socket = directory + "/socket"
    store = directory + "/store/jobs.sqlite"
  }

  /// Runs `body` in a new place; kills whatever it has started, and removes the directory.
  static func with(_ body: (Installation) async throws -> Void) async throws {
    let directory = try makeDirectory()
    let loop = try EventLoop.start(name: "e2e")
    let installation = Installation(directory, on: loop)
    for name in ["store", "tmp", "home", "bin"] {
      try FileManager.default.createDirectory(atPath: directory + "/" + name, withIntermediateDirectories: false)
    }
    let result: Result<Void, any Error>
    do {
      result = .success(try await body(installation))
    } catch {
      result = .failure(error)
      await installation.tellState()
    }
    await loop.shutDown()
    removeTree(directory)
    try result.get()
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
  func broker(_ arguments: [String] = []) async throws -> Program {
    let broker = try await start(Built.genbroker, ["serve"] + arguments)
    try await broker.line(containing: "ready at")
    return broker
  }

  /// Starts a worker and waits until it is attached.
  func worker(
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
  func genbroker(_ arguments: String...) async throws -> Program.Record {
    try await start(Built.genbroker, arguments).end()
  }

  /// Starts a program that finds this broker by its environment.
  func start(_ executable: String, _ arguments: [String]) async throws -> Program {
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
  func call<Call: WireCall>(_ call: Call) async throws -> Call.Reply {
    let connection = try await BrokerConnection.connect(path: socket, on: loop)
    let reply = try await connection.call(call)
    await connection.close()
    return reply
  }

  /// Uploads an input; returns its hash.
  func upload(file path: String) async throws -> String {
    let connection = try await BrokerConnection.connect(path: socket, on: loop)
    let stored = try await connection.upload(file: path)
    await connection.close()
    return stored.sha256.hex
  }

  /// Waits until a job has ended.
  func end(of job: Int, seconds: Int64 = patienceMs / 1000) async throws -> JobsAPI.Job {
    try await eventually("job \(job) ends", seconds: seconds) {
      let now = try await call(JobsAPI.Show(job: job)).job
      return [.succeeded, .failed, .cancelled].contains(now.state) ? now : nil
    }
  }

  /// Every version of every file of a job's project.
  func files(of job: Int) async throws -> [FilesAPI.File] {
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
  func text(_ path: String, of job: Int, version: Int? = nil) async throws -> String {
    let ran = try await start(
      Built.genbroker, ["cat", "\(job)", path] + (version.map { ["--file-version", "\($0)"] } ?? [])
    ).end()
    return ran.output
  }

  /// What `genbroker check` says; empty when the store is sound.
  func findings() async throws -> [String] {
    try await call(AdminAPI.Check()).findings.map { "\($0.check): \($0.message)" }
  }

  // MARK: Plugins

  /// A plugin of these tests with its own arguments, as the one executable that a worker wants.
  ///
  /// - Parameter kind: the kind for which programs of this place find it by themselves.
  @discardableResult
  func plugin(_ script: String, _ arguments: [String], foundAs kind: String? = nil) throws -> String {
    let words = (["/usr/bin/env", "python3", Built.plugins + "/" + script] + arguments).map { "'\($0)'" }
    let path = directory + (kind.map { "/bin/genplugin-\($0)" } ?? "/plugin-\(UUID().uuidString)")
    try Data("#!/bin/sh\nexec \(words.joined(separator: " "))\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }
}

/// Where the programs are that the tests start.
enum Built {
  static let genbroker = directory + "/genbroker"
  static let genworker = directory + "/genworker"
  static let docsPlugin = directory + "/genplugin-docs"

  private static let directory = BuiltProduct.directory ?? "."

  static let package = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/")
    .replacing("//", with: "/")
  /// The scripts of these tests.
  static let plugins = package + "/Tests/EndToEndTests/Plugins"
}
