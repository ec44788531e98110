package import JobModel

/// Which finished jobs shall go. Each rule stands for itself: a job goes when any of them says so.
package struct PrunePolicy: Sendable {
  /// These, whatever else they are.
  package var jobs: [JobID] = []
  /// Those that ended longer ago.
  package var olderThanMs: Int64?
  /// All but so many, those that ended last.
  package var keep: Int?
  /// Those that ended first, until the files of the others have no more bytes together.
  package var maxBytes: Int64?
  /// Beside jobs: archived files that were archived longer ago.
  package var archivedOlderThanMs: Int64?

  package init() {}

  /// Whether it says anything at all.
  package var isEmpty: Bool {
    jobs.isEmpty && olderThanMs == nil && keep == nil && maxBytes == nil && archivedOlderThanMs == nil
  }

  /// What a policy has to know of a finished job.
  struct Ended {
    let id: JobID
    let endedMs: Int64
    let bytes: Int64
  }

  /// The jobs that shall go, in the order of their ends.
  func chosen(among ended: [Ended], now: Int64) -> [JobID] {
    let named = Set(jobs)
    var bytes: Int64 = 0
    var chosen: [JobID] = []
    for (place, job) in ended.sorted(by: { ($0.endedMs, $0.id) > ($1.endedMs, $1.id) }).enumerated() {
      bytes += job.bytes
      let isOld = olderThanMs.map { now - job.endedMs > $0 } ?? false
      let isBeyond = keep.map { place >= $0 } ?? false
      let isTooMuch = maxBytes.map { bytes > $0 } ?? false
      if isOld || isBeyond || isTooMuch || named.contains(job.id) { chosen.append(job.id) }
    }
    return chosen.reversed()
  }
}
