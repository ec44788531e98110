import CommandLine

/// Which tasks of a job a command is about; all of them when nothing is given.
struct TaskOptions: ParameterGroup {
  @Option("--phase PHASE", "Only tasks of this phase.") var phase: String?
  @Option("--task GLOB", "Only tasks whose key fits; '*' stands for anything but '/', '**' for anything.")
  var task: String?
}
