import BrokerClient
import CommandLine
import JSON
import Wire

extension BrokerConnection {
  /// The declared outputs of a job by the first folders of their paths, page by page.
  func outputGroups(of job: Int, depth: Int) async throws -> [JobsAPI.OutputGroup] {
    var groups: [JobsAPI.OutputGroup] = []
    while true {
      let page = try await call(
        JobsAPI.Groups(job: job, depth: depth, after: groups.last?.group, limit: WireLimits.pageItemsMax))
      groups += page.groups
      guard page.more, !page.groups.isEmpty else { return groups }
    }
  }
}

extension JobsAPI.OutputGroup {
  /// How much of it is there, in a word.
  var standing: String { present == declared ? "complete" : present == 0 ? "empty" : "partial" }

  fileprivate var missingWords: String {
    let more = declared - present - missing.count
    return missing.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}

/// The table of `genbroker show --groups`.
func outputGroupTable(_ groups: [JobsAPI.OutputGroup]) -> Table {
  var table = Table([
    .init("GROUP"), .init("DONE", .right), .init("OF", .right), .init("STATE"), .init("MISSING", shrinks: true),
  ])
  for group in groups {
    let paint: Paint? = group.standing == "complete" ? .green : group.standing == "partial" ? .yellow : nil
    table.add([
      StyledText(group.group.isEmpty ? "(none)" : group.group), StyledText(String(group.present)),
      StyledText(String(group.declared)), StyledText(group.standing, paint), StyledText(group.missingWords),
    ])
  }
  return table
}

/// `58 complete, 1 partial, 1 empty`
func outputGroupSentence(_ groups: [JobsAPI.OutputGroup]) -> String {
  ["complete", "partial", "empty"].map { word in "\(groups.count { $0.standing == word }) \(word)" }
    .joined(separator: ", ")
}
