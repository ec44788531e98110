package import JobModel
import SQLite

/// The declared outputs of a job below one folder.
package struct OutputGroup: Sendable, Equatable {
  /// The first components of their paths; empty for files that lie above.
  package let name: String
  package fileprivate(set) var declared = 0
  package fileprivate(set) var present = 0
  /// The first few that are not there, in the order of their tasks' keys.
  package fileprivate(set) var missing: [String] = []
}

extension StoreReader {
  /// A look at all declared outputs of a job, while it is made.
  ///
  /// It keeps no more groups than are asked for: of those that it has met the first ones by their names.
  package struct OutputGroupSearch: Sendable {
    fileprivate let job: JobID
    fileprivate let depth: Int
    fileprivate let after: ExactText?
    fileprivate let limit: Int
    /// The tasks up to this key were looked at.
    fileprivate var key = ""
    fileprivate var groups: [ExactText: OutputGroup] = [:]

    /// - Parameters:
    ///   - depth: how many components of a path name its group.
    ///   - after: only groups behind this name.
    ///   - limit: so many groups.
    package init(of job: JobID, depth: Int, after: String?, limit: Int) {
      self.job = job
      self.depth = depth
      self.after = after.map(ExactText.init)
      self.limit = limit
    }

    /// In the order of their names, by bytes; one more than `limit` when there are more.
    package var found: [OutputGroup] { Array(sorted.prefix(limit + 1).map(\.value)) }

    private var sorted: [(key: ExactText, value: OutputGroup)] {
      groups.sorted { $0.value.name.utf8.lexicographicallyPrecedes($1.value.name.utf8) }
    }

    fileprivate mutating func take(_ path: String, isPresent: Bool) {
      let name = Self.group(of: path, depth)
      if let after, !after.text.utf8.lexicographicallyPrecedes(name.utf8) { return }
      var group = groups[ExactText(name)] ?? OutputGroup(name: name)
      group.declared += 1
      if isPresent {
        group.present += 1
      } else if group.missing.count < StoreReader.missingToldMax {
        group.missing.append(path)
      }
      groups[ExactText(name)] = group
      // Whatever is behind so many others is on a later page.
      guard groups.count > 4 * (limit + 1) else { return }
      groups = Dictionary(uniqueKeysWithValues: sorted.prefix(limit + 1).map { ($0.key, $0.value) })
    }

    private static func group(of path: String, _ depth: Int) -> String {
      let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      guard parts.count > depth else { return "" }
      return parts.prefix(depth).map { String(Substring($0)) }.joined(separator: "/")
    }
  }

  private static let missingToldMax = 5
  /// A task can declare a thousand.
  private static let tasksPerPart = 256

  /// Looks at the outputs of some tasks. A file is there when the task has made it in its present generation, also when a later job has
  /// made it again since.
  ///
  /// - Returns: whether all were looked at.
  /// - Throws: `Refusal`: there is no such job.
  package func look(for search: inout OutputGroupSearch, _ caller: Caller) throws -> Bool {
    _ = try job(search.job, for: caller)
    let tasks = try sql.taskKeys.all(search.job.value, search.key, StoreReader.tasksPerPart, nil as String?) {
      (id: $0.int(0), key: $0.text(1))
    }
    for task in tasks {
      for output in try sql.presentOutputs.all(task.id, row: { (path: $0.text(0), isPresent: $0.bool(1)) }) {
        search.take(output.path, isPresent: output.isPresent)
      }
    }
    search.key = tasks.last?.key ?? search.key
    return tasks.count < StoreReader.tasksPerPart
  }
}
