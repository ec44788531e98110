import Digest
import JobModel

/// Everything that the files of a task depend on, as one hash: while it is the same, they need not be made again.
///
/// It tells one user's tasks from another's, so that no two users ever share one. What it does not hold: title, phase, time
/// limits and bounds of attempts, since no byte depends on them; the sample, since any answer of a model is good until
/// somebody asks for another one; and the key of a task that declares its outputs. Without declared outputs a plugin may name
/// its files after the key, so there it counts.
struct Fingerprint {
  let owner: UserID
  let key: String
  let kind: String
  let op: String
  /// Of the plugin.
  let version: String
  let basis: ReuseBasis
  let payload: [UInt8]
  let outputs: [String]
  /// Of the job.
  let options: [UInt8]
  let models: [String]
  let inputsDigest: [UInt8]?
  let needs: NeededFiles

  var bytes: [UInt8] {
    var content = ContentDigest()
    content.add(["genbroker task 1", String(owner.value), kind, op, version, basis.rawValue])
    content.add(payload)
    content.add(options)
    content.add(models)
    // In one order, whatever order they were declared in.
    content.add(outputs.isEmpty ? ["key", key] : ["outputs"] + outputs)
    if basis == .all { content.add(inputsDigest ?? []) }
    if basis != .payload { content.add(needs.digest) }
    return content.finish()
  }
}

/// The results of the tasks that a task needs, as far as it depends on them. They are added in the order of their paths.
struct NeededFiles {
  private var content = ContentDigest()
  private let basis: ReuseBasis

  /// Of no files.
  ///
  /// - Parameter missing: keys of the needs that have ended without success, in their order; the task is told of them.
  init(_ basis: ReuseBasis, missing: [String]) {
    self.basis = basis
    if basis != .payload { content.add(missing) }
  }

  mutating func add(_ file: NeededFile) {
    switch basis {
    case .all, .needs:
      content.add([file.path, file.mediaType])
      content.add(file.sha256)
    case .meta: content.add([file.path, file.mediaType])
    case .payload: return
    }
    content.add(file.meta ?? [])
  }

  var digest: [UInt8] { content.finish() }
}

/// A file that a task can read since it needs the task that has made it.
struct NeededFile {
  let path: String
  let sha256: [UInt8]
  let mediaType: String
  let meta: [UInt8]?
}
