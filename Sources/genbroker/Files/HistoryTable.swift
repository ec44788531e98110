import CommandLine
import Wire

/// The table of `genbroker history`.
func historyTable(_ versions: [FilesAPI.Version], time: TimeText) -> Table {
  let isCharged = versions.contains { $0.credits != nil }
  let credits: [Table.Column] = isCharged ? [.init("CREDITS", .right)] : []
  var table = Table(
    [
      .init("VERSION", .right), .init("STANDING"), .init("SIZE", .right), .init("COMMITTED"), .init("JOB", .right),
      .init("TASK", shrinks: true), .init("BY", shrinks: true), .init("MODEL", shrinks: true), .init("COST", .right),
    ] + credits + [.init("SHA256")])
  for version in versions {
    let file = version.file
    table.add(
      [
        StyledText(String(file.version)),
        version.standingText,
        StyledText(Human.bytes(Int64(file.size))), StyledText(time.short(Int64(file.atMs))),
        StyledText(String(file.job)),
        StyledText(file.task), StyledText(version.makerText), StyledText(version.modelsText),
        StyledText(version.costText),
      ] + (isCharged ? [StyledText(version.credits.map(String.init) ?? "0")] : []) + [
        StyledText(String(file.sha256.prefix(12)))
      ])
  }
  return table
}

extension FilesAPI.Version {
  /// An archived version is the current one all the same, and is not taken for what is there.
  var standingText: StyledText {
    if file.archivedMs != nil { return StyledText("archived", .dim) }
    return StyledText(standing.rawValue, standing == .current ? nil : .dim)
  }

  /// `docs-17, attempt 2`, or that it was taken from the store.
  var makerText: String {
    guard !reused else { return "taken from the store" }
    if let by, restored == nil { return "user \(by), by hand\(why.map { ": \($0)" } ?? "")" }
    if let restored { return "user \(by ?? 0), version \(restored) again\(why.map { ": \($0)" } ?? "")" }
    guard let worker else { return "" }
    return (attempt ?? 1) > 1 ? "\(worker), attempt \(attempt ?? 1)" : worker
  }

  /// The models that were asked, in the order in which they were.
  var modelsText: String {
    var names: [String] = []
    for call in calls {
      let name = "\(call.provider)/\(call.model)"
      if !names.contains(name) { names.append(name) }
    }
    return names.joined(separator: ", ")
  }

  /// What the calls have cost, or may have; nothing when there are none.
  var costText: String {
    let paid = calls.filter { mayBePaidCall($0.state) }
    guard !paid.isEmpty else { return "" }
    let untold = paid.filter { $0.picoUsd == nil }
    let assumed = untold.compactMap(\.atMostPicoUsd)
    let known = paid.compactMap(\.picoUsd).reduce(0, +)
    let worst = assumed.reduce(0, +)
    return costWords(
      known + worst, unknownCalls: untold.count,
      assumed: assumed.isEmpty ? nil : JobsAPI.Spent(picoUsd: worst, calls: assumed.count, tokens: 0, credits: 0))
  }
}
