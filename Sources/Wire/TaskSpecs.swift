// A task is described alike in three interfaces, because an interface cannot name the types of another one; a test
// compares them.

extension WorkerAPI.TaskSpec {
  /// The same task in the words of another interface.
  package init(_ spec: HostAPI.TaskSpec) {
    self.init(
      key: spec.key, kind: spec.kind, op: spec.op, title: spec.title, phase: spec.phase, payload: spec.payload,
      needs: spec.needs, needsPolicy: spec.needsPolicy.flatMap { .init(rawValue: $0.rawValue) },
      outputs: spec.outputs, timeoutMs: spec.timeoutMs, maxAttempts: spec.maxAttempts, maxCrashes: spec.maxCrashes,
      reuseBy: spec.reuseBy.flatMap { .init(rawValue: $0.rawValue) }, credits: spec.credits, columns: spec.columns,
      collections: spec.collections, section: spec.section)
  }
}

extension JobsAPI.TaskSpec {
  /// The same task in the words of another interface.
  package init(_ spec: WorkerAPI.TaskSpec) {
    self.init(
      key: spec.key, kind: spec.kind, op: spec.op, title: spec.title, phase: spec.phase, payload: spec.payload,
      needs: spec.needs, needsPolicy: spec.needsPolicy.flatMap { .init(rawValue: $0.rawValue) },
      outputs: spec.outputs, timeoutMs: spec.timeoutMs, maxAttempts: spec.maxAttempts, maxCrashes: spec.maxCrashes,
      reuseBy: spec.reuseBy.flatMap { .init(rawValue: $0.rawValue) }, credits: spec.credits, columns: spec.columns,
      collections: spec.collections, section: spec.section)
  }
}
