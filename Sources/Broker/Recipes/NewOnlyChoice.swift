import JobModel
import JobStore
import Recipes

/// Finds out which tasks with `new_only` are made.
///
/// It is decided once, by what is there when the job begins. The decision is stored by the tasks themselves, which are added in one
/// transaction: when any of them is there it was made, and what the job has made since changes nothing.
struct NewOnlyChoice: Sendable {
  private let groups: [NewOnlyGroup]
  private let decides: Bool
  /// Groups whose task was looked for in the job.
  private var asked = 0
  private var made: Set<TaskKey> = []
  private var presence: [Presence] = []
  /// Of the group that is looked at: how many outputs were, and how many are there.
  private var (looked, present) = (0, 0)

  /// - Parameter decides: whether it is decided now when no task is there; otherwise nothing is made.
  init(_ groups: [NewOnlyGroup], decides: Bool) {
    (self.groups, self.decides) = (groups, decides)
  }

  /// Looks at some of what has to be known.
  ///
  /// - Returns: whether that was all.
  mutating func look(_ reader: StoreReader, _ job: JobID) throws -> Bool {
    var left = Self.looksPerPart
    while asked < groups.count {
      guard left > 0 else { return false }
      if try reader.hasTask(groups[asked].key, in: job) { made.insert(groups[asked].key) }
      (asked, left) = (asked + 1, left - 1)
    }
    guard made.isEmpty, decides else { return true }
    while presence.count < groups.count {
      let outputs = groups[presence.count].outputs
      while looked < outputs.count, present == 0 || present == looked {
        guard left > 0 else { return false }
        if try reader.hasHead(outputs[looked], inProjectOf: job) { present += 1 }
        (looked, left) = (looked + 1, left - 1)
      }
      presence.append(present == 0 ? .empty : present == outputs.count ? .complete : .partial)
      (looked, present) = (0, 0)
    }
    return true
  }

  /// Each is one read transaction's worth, which must be short.
  private static let looksPerPart = 500

  /// What is made, when all was looked at.
  func selection(_ order: RecipeOrder) -> Selection {
    guard made.isEmpty, decides else { return order.recipe.selection(of: groups, made: made) }
    return order.recipe.selection(of: groups, presence, order.values)
  }

  /// What is left out, for people: a line for each task with `new_only` of which anything is. Who goes on with what was decided
  /// does not know.
  func remarks(_ selection: Selection) -> [String] {
    guard made.isEmpty, decides else { return [] }
    var counts: [(task: String, groups: Int, complete: Int)] = []
    for (group, presence) in zip(groups, presence) {
      if counts.last?.task != group.declaration { counts.append((group.declaration, 0, 0)) }
      counts[counts.count - 1].groups += 1
      if presence == .complete { counts[counts.count - 1].complete += 1 }
    }
    return counts.compactMap { task, groups, complete in
      let kept = selection[task]?.count ?? 0
      let limited = groups - complete - kept
      guard complete + limited > 0 else { return nil }
      let reasons = [
        complete > 0 ? "\(complete) complete in the project" : nil, limited > 0 ? "\(limited) beyond the limit" : nil,
      ].compactMap { $0 }
      return "'\(task)': \(kept) of \(groups) made; left out: \(reasons.joined(separator: ", "))"
    }
  }
}
