/// What may be taken from the store instead of being made again.
package enum ReusePolicy: String, Sendable, CaseIterable {
  /// A task that depends on nothing new.
  case unchanged
  /// That, and a task whose declared outputs the project has, whatever they were made of.
  case exists
  /// Nothing.
  case none
}

/// What the files of a task depend on, beside its kind, op, payload and outputs, the options and models of its job and the
/// version of the plugin.
package enum ReuseBasis: String, Sendable, CaseIterable {
  /// The inputs of the job, and the results of the tasks that it needs.
  case all
  /// These results, not the inputs of the job.
  case needs
  /// Of these results only the paths and what was put with them.
  case meta
  /// Nothing else.
  case payload
}
