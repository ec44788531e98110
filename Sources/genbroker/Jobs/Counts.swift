import CommandLine
import Wire

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

  var total: Int { blocked + ready + leased + succeeded + failed + skipped + cancelled }

  /// `12/300`.
  var short: String { "\(succeeded)/\(total)" }

  /// `288 succeeded, 3 running, 9 waiting`: what there is, the most important first.
  var sentence: String {
    let parts = [
      (failed, "failed"), (leased, "running"), (ready, "ready"), (blocked, "waiting for others"),
      (succeeded, "succeeded"), (skipped, "skipped"), (cancelled, "cancelled"),
    ]
    let present = parts.filter { $0.0 > 0 }.map { "\(Human.grouped(Int64($0.0))) \($0.1)" }
    return present.isEmpty ? "none" : present.joined(separator: ", ")
  }
}
