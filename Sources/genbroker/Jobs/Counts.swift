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
}
