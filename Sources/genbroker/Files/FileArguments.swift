import CommandLine

/// Which file of which job a command is about.
struct FileArguments: ParameterGroup {
  @Argument("JOB", "Its number, or @last.") var job: JobReference
  @Argument("PATH", "The path of the file, as 'genbroker files' shows it.") var path: String
}
