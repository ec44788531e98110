import BrokerClient
import CommandLine
import Wire

/// `genbroker rollback`
struct Rollback: Command {
  static let about = About(
    "rollback", "Go back to earlier versions of files.",
    discussion: """
      The old bytes become a new version, so nothing is lost and nothing is paid. With PATH one file goes back: to --to, or \
      to the version before the current one. Without it, the files of the job's tasks go back to before what has changed \
      them last, their last making or the last rollback: the same command once more goes forward again. What rests on the \
      files stays as it is; 'genbroker regenerate' makes it again.

      Nothing of the job may be being made.
      """,
    examples: [
      .init("genbroker rollback 17 order/index.html", "One file, to the version before."),
      .init("genbroker rollback 17 --phase support --why 'worse than before'", "All files of a phase."),
    ])

  @Option("--to N", "This version of the file.", in: 1...Int.max) var version: Int?
  @Group var tasks: TaskOptions
  @Option("--why TEXT", "Why; shown in the history.") var why: String?
  @Argument("JOB", "Its number, or @last.") var job: JobReference
  @Argument("PATH", "The path of a file.") var path: String?
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    if path == nil, version != nil {
      throw UsageError("--to is for one file", hint: "name its PATH behind the job")
    }
    if path != nil, tasks.phase != nil || tasks.task != nil {
      throw UsageError("PATH and --phase or --task exclude each other", hint: "choose a file, or tasks")
    }
    let broker = try await connection.connect(context)
    let number = try await broker.number(of: job)
    let answer = try await broker.call(
      FilesAPI.Rollback(
        job: number, path: path, version: version, match: tasks.task, phase: tasks.phase, why: why))
    if output.json {
      context.output.print(json: answer)
    } else {
      context.output.print(rollbackLines(answer))
      if !answer.files.isEmpty { context.say("'genbroker outdated \(number)' lists what that changes elsewhere") }
    }
    return .done
  }
}

/// What `genbroker rollback` has done, file by file.
func rollbackLines(_ answer: FilesAPI.Rollback.Reply) -> [StyledText] {
  guard !answer.files.isEmpty else { return [StyledText("all files are as they were")] }
  let lines = answer.files.map { file in
    let now = file.version.map { "version \(file.restored ?? 0) again, as version \($0)" } ?? "no file any more"
    return StyledText("\(file.path): ") + StyledText(now)
  }
  let more = answer.restored + answer.retired - answer.files.count
  return lines + (more > 0 ? [StyledText("and \(Human.count(more, "file")) more")] : [])
}
