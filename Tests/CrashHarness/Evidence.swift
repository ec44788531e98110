import Digest
import Foundation
import ProcessSupport
import StoreSupport
import TestSupport

/// Holds what everybody was told against what the store holds at the end, promise by promise.
final class Evidence {
  let installation: Installation
  let processes: Processes
  let strikes: [Strike]
  /// What the docs plugin makes of the sample in peace.
  let calmTree: [String: [UInt8]]
  let told: [(client: String, told: [Told])]
  let pluginLines: [PluginLogLine]
  /// The submitted jobs.
  let shapes: [Int: JobShape]
  var random: SeededRandom
  var table = PromiseTable()

  init(
    _ installation: Installation, _ processes: Processes, strikes: [Strike], calmTree: [String: [UInt8]], seed: UInt64
  ) {
    (self.installation, self.processes) = (installation, processes)
    (self.strikes, self.calmTree) = (strikes, calmTree)
    random = SeededRandom(seed: seed)
    let place = CrashPlace(directory: installation.directory)
    told = (Processes.submitters + Processes.bareWorkers + Processes.watchers).map {
      ($0, ClientLog.read(place.log(of: $0)))
    }
    pluginLines = processes.docsLog.lines() + processes.filesLog.lines()
    var shapes: [Int: JobShape] = [:]
    for case .submitted(let key, let job, _) in told.flatMap(\.told) { shapes[job] = JobShape(key: key) }
    self.shapes = shapes
  }

  /// Checks everything: through the running broker, then in the store that it has left.
  func verified() async throws -> PromiseTable {
    for finding in try await installation.findings() {
      table.check(.durable, "genbroker check", times: 0, violation: finding)
    }
    table.check(.durable, "genbroker check")
    try await checkBytes()
    guard let broker = processes[Processes.broker] else { return table }
    broker.signal(SIGTERM)
    _ = try await broker.end()
    let look = try Look(installation.store, vfs: nil)
    try checkHistory(look)
    checkFacts(look)
    checkDone()
    checkWatchers(look)
    try checkJobs(look)
    try checkEndsOfLeases(look)
    return table
  }

  // MARK: Bytes

  /// The files that anybody was told of as committed, by job and path.
  private lazy var acknowledged: [Int: [String: String]] = {
    var files: [Int: [String: String]] = [:]
    for case .result(_, let job, let path, _, let sha256, _) in told.flatMap(\.told) {
      files[job, default: [:]][path] = sha256
    }
    for line in pluginLines where line.event == "acknowledged" {
      if let job = line.job, let path = line.path { files[job, default: [:]][path] = line.sha256 }
    }
    return files
  }()

  private func checkBytes() async throws {
    let exports = Exports(installation)
    for job in shapes.keys.sorted() {
      let tree = try await exports.tree(of: job)
      for (path, sha256) in acknowledged[job] ?? [:] {
        let found = tree[path].map { SHA256Digest(of: $0).hex }
        table.check(
          .durable, "files, read by export", violation: found == sha256 ? nil : "\(job):\(path) is \(found ?? "gone")")
      }
      for (path, bytes) in tree {
        table.check(
          .durable, "exported files, byte for byte what their job makes",
          violation: bytes == expected(path, job) ? nil : "\(job):\(path) has other bytes")
      }
    }
    try await checkSomeByCat(exports)
  }

  private func expected(_ path: String, _ job: Int) -> [UInt8]? {
    guard let shape = shapes[job], shape.kind != .docs else { return calmTree[path] }
    return JobShape.content(stamp: shape.key, path: path)
  }

  private func checkSomeByCat(_ exports: Exports) async throws {
    let jobs = acknowledged.keys.filter { shapes[$0] != nil }.sorted()
    guard !jobs.isEmpty else { return }
    for _ in 0..<min(100, jobs.count) {
      let job = random.element(of: jobs)
      let files = (acknowledged[job] ?? [:]).sorted { $0.key < $1.key }
      let (path, sha256) = random.element(of: files)
      let found = SHA256Digest(of: try await exports.file(path, of: job)).hex
      table.check(.durable, "files, read by cat", violation: found == sha256 ? nil : "\(job):\(path) is \(found)")
    }
  }
}
