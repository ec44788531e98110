import CommandLine
import JobModel
import WorkerHost

/// The workers that `genbroker serve` starts: for each kind, how many tasks it works on at a time. Written `docs=2` or
/// `docs=2,words=1`.
struct WorkerCounts: ParameterValue, Hashable {
  struct Item: Hashable {
    var kind: String
    var tasks: Int
  }

  var items: [Item]

  static func read(_ text: String) throws(ValueProblem) -> WorkerCounts {
    var items: [Item] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let item = try read(item: part)
      guard !items.contains(where: { $0.kind == item.kind }) else {
        throw ValueProblem("the kind '\(item.kind)' is there twice", remedy: "give each kind once, with its number")
      }
      items.append(item)
    }
    return WorkerCounts(items: items)
  }

  private static func read(item: Substring) throws(ValueProblem) -> Item {
    let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw ValueProblem(
        "'\(visible(String(item)))' is not of the form KIND=N",
        remedy: "give a kind, an equals sign and a number, as in docs=2 or docs=2,words=1")
    }
    let range = WorkerLimits.concurrencies
    guard let tasks = Int(parts[1]), range.contains(tasks) else {
      throw ValueProblem(
        "'\(visible(String(parts[1])))' is no number of plugin processes",
        remedy: "give a number from \(range.lowerBound) to \(range.upperBound), as in docs=2")
    }
    do throws(NameError) {
      return Item(kind: try Kind(String(parts[0])).name, tasks: tasks)
    } catch {
      throw ValueProblem(error.message, remedy: error.remedy)
    }
  }

  var parameterText: String { items.map { "\($0.kind)=\($0.tasks)" }.joined(separator: ",") }
}
