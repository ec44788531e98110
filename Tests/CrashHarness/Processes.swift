import FileSystem
import ProcessSupport
import Synchronization

/// The processes of a run, each under the name by which it is started again.
final class Processes: Sendable {
  private let installation: Installation
  private let running = Mutex<[String: Program]>([:])
  /// What the plugins write down.
  let docsLog: PluginLog
  let filesLog: PluginLog
  private let docsPlugin: String
  /// What the broker runs under, such as strace.
  private let wrapper: [String]
  private let filesPlugin: String

  static let submitters = ["submitter-1", "submitter-2", "submitter-3"]
  static let watchers = ["watcher-1", "watcher-2"]
  static let docsWorkers = ["docs-1"]
  static let filesWorkers = ["files-1", "files-2"]
  static let bareWorkers = ["bare-1"]
  static let broker = "broker"
  static let workers = docsWorkers + filesWorkers + bareWorkers
  static let all = [broker] + workers + submitters + watchers

  init(_ installation: Installation, brokerUnder wrapper: [String] = []) throws {
    (self.installation, self.wrapper) = (installation, wrapper)
    docsLog = PluginLog(installation.directory + "/docs-plugin.log")
    filesLog = PluginLog(installation.directory + "/files-plugin.log")
    docsPlugin = try installation.plugin(
      "slow_proxy.py", ["--log", docsLog.path, "--delay-ms", "4", Built.docsPlugin])
    filesPlugin = try installation.plugin("crash_files.py", ["--log", filesLog.path])
  }

  static func names(of victim: Fault.Victim) -> [String] {
    switch victim {
    case .broker: [broker]
    case .docsWorker: docsWorkers
    case .filesWorker: filesWorkers
    case .bareWorker: bareWorkers
    case .submitter: submitters
    case .watcher: watchers
    // Named by their process numbers.
    case .plugin: []
    }
  }

  subscript(name: String) -> Program? { running.withLock { $0[name] } }

  /// Starts a process, in place of the one that had its name.
  func start(_ name: String) async throws {
    let program = try await launch(name)
    running.withLock { $0[name] = program }
  }

  private func launch(_ name: String) async throws -> Program {
    switch name.split(separator: "-").first {
    case "broker":
      return try await installation.broker(
        [
          "--quiet", "--lease-timeout", "\(CrashRun.leaseTimeoutMs)ms", "--grace", "\(CrashRun.graceMs)ms", "--drain",
          "1s",
        ],
        under: wrapper)
    // Not waited for: it attaches whenever there is a broker.
    case "docs": return try await worker(name, kind: .docs, docsPlugin)
    case "files": return try await worker(name, kind: .files, filesPlugin)
    case "bare": return try await client(.bareWorker, name)
    case "watcher": return try await client(.watcher, name)
    default: return try await client(.submitter, name)
    }
  }

  private func worker(_ name: String, kind: JobShape.Kind, _ plugin: String) async throws -> Program {
    try await installation.start(
      Built.genworker, ["--kind", kind.rawValue, "--concurrency", "2", "--plugin", plugin, "--name", name, "--quiet"])
  }

  private func client(_ role: ClientRole, _ name: String) async throws -> Program {
    try await installation.start(
      FileTree.readLink("/proc/self/exe"), [role.rawValue, "--name", name, "--directory", installation.directory])
  }

  /// Plugins that have a task in their hands, of workers that live.
  func workingPlugins() -> [PluginLogLine] {
    (docsLog.working() + filesLog.working()).filter { isPlugin($0.pid) }
  }

  /// Whether a process is a plugin of a worker that lives.
  func isPlugin(_ pid: Int32) -> Bool {
    guard let host = parent(of: pid) else { return false }
    return (Self.docsWorkers + Self.filesWorkers).contains { self[$0]?.processID == host }
  }
}
