import BPMN

/// Processes may call each other in a circle; pages cannot wait for each other in one.
enum CallCycles {
  /// The call activities whose page does not wait for the page of what they call.
  ///
  /// A walk along the calls in order of file and element; a call that leads back to a process on the way is cut. The
  /// same files always give the same cuts, and without them nothing leads back.
  static func cuts(in set: ProcessSet) -> Set<NodeReference> {
    var walk = Walk(set)
    for process in set.processes { walk.enter(process) }
    return walk.cuts
  }

  private struct Walk {
    private var calls: [ProcessReference: [Call]] = [:]
    private var onPath: Set<ProcessReference> = []
    private var entered: Set<ProcessReference> = []
    var cuts: Set<NodeReference> = []

    init(_ set: ProcessSet) {
      for call in set.calls where call.process != nil { calls[call.callerProcess, default: []].append(call) }
    }

    /// Iterative: a chain of calls may be as long as there are files.
    mutating func enter(_ root: ProcessReference) {
      guard entered.insert(root).inserted else { return }
      onPath.insert(root)
      var path: [(process: ProcessReference, rest: ArraySlice<Call>)] = [(root, (calls[root] ?? [])[...])]
      while let place = path.indices.last {
        guard let call = path[place].rest.popFirst(), let target = call.process else {
          onPath.remove(path.removeLast().process)
          continue
        }
        if onPath.contains(target) {
          cuts.insert(call.caller)
        } else if entered.insert(target).inserted {
          onPath.insert(target)
          path.append((target, (calls[target] ?? [])[...]))
        }
      }
    }
  }
}
