import BrokerClient
import CommandLine
import Wire

/// `genbroker archive`
struct Archive: Command {
  static let about = About(
    "archive", "Put files away instead of deleting them.",
    discussion: """
      An archived file is no longer listed, exported or taken for what is there ('--reuse exists'). Its history stays, and so does \
      what rests on it; '--undo' brings it back. A new version of the path is not archived, unless a later job takes the same \
      one from the store. Without PATH, the files of the job's \
      tasks, or of those that --phase and --task choose.

      Nothing of the job may be being made. 'genbroker files --archived' lists archived files, too.
      """,
    examples: [
      .init("genbroker archive 17 front.png --why 'blurred'", "One file."),
      .init("genbroker archive 17 --phase sketches --undo", "The files of a phase come back."),
    ])

  @Flag("--undo", "Bring them back.") var undo
  @Group var tasks: TaskOptions
  @Option("--why TEXT", "Why; shown in the history of the job.") var why: String?
  @Argument("JOB", "Its number, or @last.") var job: JobReference
  @Argument("PATH", "The paths of files.") var paths: [String]
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    if !paths.isEmpty, tasks.phase != nil || tasks.task != nil {
      throw UsageError("PATH and --phase or --task exclude each other", hint: "choose files, or tasks")
    }
    let broker = try await connection.connect(context)
    let answer = try await broker.call(
      FilesAPI.Archive(
        job: try await broker.number(of: job), paths: paths.isEmpty ? nil : paths, match: tasks.task,
        phase: tasks.phase, undo: undo ? true : nil, why: why))
    if output.json {
      context.output.print(json: answer)
    } else {
      let words = undo ? "brought back" : "archived"
      context.output.print(StyledText("\(answer.files == 0 ? "no file" : Human.count(answer.files, "file")) \(words)"))
    }
    return .done
  }
}
