import BrokerClient
import CommandLine
import FileSystem
import Wire

/// `genbroker put`
struct Put: Command {
  static let about = About(
    "put", "Put a file of your own in the place of one that a task has made.",
    discussion: """
      It becomes a new version, so nothing is lost: 'genbroker rollback' goes back. What rests on it stays as it is; \
      'genbroker outdated' lists that, 'genbroker regenerate' makes it again. When the task itself is made again, what it \
      makes is the next version.

      Nothing of the job may be being made.
      """,
    examples: [
      .init("genbroker put 17 order/index.html fixed.html --why 'corrected by hand'", "A corrected page."),
      .init("genbroker cat 17 a.txt | sed s/teh/the/ | genbroker put 17 a.txt -", "From another program."),
    ])

  @Option("--why TEXT", "Why; shown in the history.") var why: String?
  @Option("--media-type TYPE", "That of the version before when not given.") var mediaType: String?
  @Group var target: FileArguments
  @Argument("FILE", "The file, or '-' for standard input.", complete: .files) var file: String
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    if file != "-", try FileTree.status(file)?.isDirectory == true {
      throw UsageError("'\(file)' is a directory", hint: "name one file")
    }
    let input = try inputFiles([file], standardInputName: "stdin").files
    let broker = try await connection.connect(context)
    let number = try await broker.number(of: target.job)
    guard let sha256 = try await broker.upload(input).first?.sha256 else {
      preconditionFailure("one file was uploaded")
    }
    let answer = try await broker.call(
      FilesAPI.Put(job: number, path: target.path, sha256: sha256, mediaType: mediaType, why: why))
    if output.json {
      context.output.print(json: answer)
    } else {
      let words = answer.duplicate ? "has these bytes, as version" : "is version"
      context.output.print(StyledText("\(target.path) \(words) \(answer.version)"))
      if !answer.duplicate { context.say("'genbroker outdated \(number)' lists what it changes elsewhere") }
    }
    return .done
  }
}
