import JSON
import Wire

/// How far one phase of a job is.
struct PhaseSummary: Hashable {
  /// Empty for tasks that count for no phase.
  var name: String
  var counts: JobsAPI.Counts

  /// The phases in the order in which their first tasks were submitted.
  static func of(_ tasks: some Sequence<JobsAPI.Task>) -> [PhaseSummary] {
    var phases: [PhaseSummary] = []
    var places: [String: Int] = [:]
    for task in tasks {
      let name = task.phase ?? ""
      let place = places[name] ?? phases.count
      if place == phases.count {
        places[name] = place
        phases.append(PhaseSummary(name: name, counts: .zero))
      }
      phases[place].counts[task.state] += 1
    }
    return phases
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("phase")
      writer.string(name)
      writer.key("counts")
      counts.write(to: &writer)
    }
  }
}

extension JobsAPI.Counts {
  static let zero = JobsAPI.Counts(
    blocked: 0, ready: 0, leased: 0, succeeded: 0, failed: 0, skipped: 0, cancelled: 0)

  subscript(state: JobsAPI.TaskState) -> Int {
    get { self[keyPath: Self.place(of: state)] }
    set { self[keyPath: Self.place(of: state)] = newValue }
  }

  private static func place(of state: JobsAPI.TaskState) -> WritableKeyPath<JobsAPI.Counts, Int> {
    switch state {
    case .blocked: \.blocked
    case .ready: \.ready
    case .leased: \.leased
    case .succeeded: \.succeeded
    case .failed: \.failed
    case .skipped: \.skipped
    case .cancelled: \.cancelled
    }
  }
}
