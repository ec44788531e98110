import JobModel
import Wire

extension JobsAPI.Spending {
  /// That what is spent leaves no room under the budget for any call; nil when it leaves some.
  var noRoom: String? {
    guard let budget else { return nil }
    let full = Spent.Unit.allCases.filter { unit in budget[unit].map { leavesNoRoom(unit, $0) } ?? false }
    guard !full.isEmpty else { return nil }
    let bounds = full.map { MoneyText.text(budget[$0] ?? 0, $0) }.joined(separator: " and ")
    let spent = full.map { MoneyText.text(counted($0), $0) }.joined(separator: " and ")
    let has = full.contains { unknown[$0] > 0 } ? "has spent, or may have spent," : "has spent"
    return "a budget of \(bounds) leaves no room: the job \(has) \(spent) since its beginning, and its next model call "
      + "pauses it again"
  }

  private func counted(_ unit: Spent.Unit) -> Int64 { saturatingSum(settled[unit], unknown[unit]) }

  /// A call that costs nothing fits a budget of nothing.
  private func leavesNoRoom(_ unit: Spent.Unit, _ bound: Int64) -> Bool {
    let isAlwaysTaken = unit == .calls || unit == .tokens
    return counted(unit) > bound || (counted(unit) == bound && (isAlwaysTaken || bound > 0))
  }
}
