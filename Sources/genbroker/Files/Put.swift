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

      FILE has to end as PATH does, unless --media-type says of what type it is. Nothing of the job may be being made.
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
    if mediaType == nil, file != "-" { try checkEnding(of: file, for: target.path) }
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

/// A text that is put in the place of a picture is a mistake, which would show only where somebody opens it.
///
/// - Throws: `UsageError` when both names have an ending, and not the same.
func checkEnding(of file: String, for path: String) throws(UsageError) {
  guard let given = ending(of: file), let wanted = ending(of: path), given != wanted else { return }
  throw UsageError(
    "'\(visible(file))' does not end in '.\(wanted)' as '\(visible(path))' does",
    hint: "give another file; or say with --media-type of what type it is")
}

/// What stands behind the last dot of a file's name, in lower case; nil where there is none.
private func ending(of path: String) -> String? {
  let name = path.split(separator: "/").last ?? ""
  guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
  switch name[name.index(after: dot)...].lowercased() {
  case "": return nil
  case "jpeg": return "jpg"
  case "htm": return "html"
  case "yml": return "yaml"
  case let ending: return ending
  }
}
