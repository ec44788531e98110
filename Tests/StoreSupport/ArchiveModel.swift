/// Which current files are archived, by the history.
struct ArchiveModel {
  private struct Place: Hashable {
    let project: Int
    let path: String
  }

  private var archived: Set<Place> = []

  func isArchived(_ path: String, in project: Int) -> Bool { archived.contains(Place(project: project, path: path)) }

  /// An event tells of a file.
  mutating func learn(_ type: String, _ path: String, in project: Int) throws {
    let place = Place(project: project, path: path)
    switch type {
    case "result.archived":
      guard archived.insert(place).inserted else { throw Violation("'\(path)' was archived already") }
    case "result.unarchived":
      guard archived.remove(place) != nil else { throw Violation("'\(path)' was not archived") }
    // Another version is the current one now, or none.
    case "result.committed", "result.restored", "result.put", "result.retired", "result.removed": archived.remove(place)
    default: break
    }
  }

  /// A task that is done has not made again what it had: that is no current file any more, without an event.
  func check(_ look: Look) throws {
    let stored = try look.texts(
      """
      SELECT project || ' ' || path FROM result WHERE standing = 'head' AND archived_ms IS NOT NULL
      ORDER BY project, path
      """)
    let expected = try archived.filter {
      try look.exists(
        "SELECT 1 FROM result WHERE project = ?1 AND path = ?2 AND standing = 'head'", $0.project, $0.path)
    }.map { "\($0.project) \($0.path)" }
    guard Set(stored) == Set(expected) else { throw Violation("archived are \(stored), not \(expected.sorted())") }
  }
}
