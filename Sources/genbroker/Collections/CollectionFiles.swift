import BrokerClient
import CommandLine
import Wire

/// A collection, a job and paths of its files.
struct CollectionFileArguments: ParameterGroup {
  @Argument("NAME", "The name of the collection.") var name: String
  @Argument("JOB", "The job whose files they are: its number, or @last.") var job: JobReference
  @Argument("PATH", "The paths of files, as 'genbroker files' shows them.") var paths: [String]

  /// As the protocol takes them.
  ///
  /// - throws: `UsageError` when no path is given.
  func files(_ broker: BrokerConnection) async throws -> [FilesAPI.CollectionFile] {
    guard !paths.isEmpty else { throw UsageError("no PATH is given", hint: "name the files") }
    let number = try await broker.number(of: job)
    return paths.map { FilesAPI.CollectionFile(job: number, path: $0) }
  }
}

/// `genbroker collection add`
struct CollectionAdd: Command {
  static let about = About(
    "add", "Add files to a collection; it is made if there is none.",
    discussion:
      "Files that are there, or that tasks of the job have promised. Those that are in it stay at their places.",
    examples: [.init("genbroker collection add 'Winter 2025' 17 parka.png --section outdoor", "One file.")])

  @Option("--section SECTION", "The section that they stand in.") var section: String?
  @Group var target: CollectionFileArguments
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let files = try await target.files(broker)
    var added = 0
    for start in stride(from: 0, to: files.count, by: WireLimits.pageItemsMax) {
      let part = Array(files[start...].prefix(WireLimits.pageItemsMax))
      added += try await broker.call(
        FilesAPI.AddToCollection(name: target.name, files: part, section: section)
      ).added
    }
    let known = added < files.count ? "; the others were in it" : ""
    context.output.print(StyledText("\(added == 0 ? "no file" : Human.count(added, "file")) added\(known)"))
    return .done
  }
}

/// `genbroker collection remove`
struct CollectionRemove: Command {
  static let about = About("remove", "Take files out of a collection; they stay where they are.")

  @Group var target: CollectionFileArguments
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let files = try await target.files(broker)
    _ = try await broker.call(FilesAPI.RemoveFromCollection(name: target.name, files: files))
    context.output.print(StyledText("\(Human.count(files.count, "file")) removed from '\(target.name)'"))
    return .done
  }
}

/// `genbroker collection move`
struct CollectionMove: Command {
  static let about = About("move", "Move a file to another place of its collection: before another one, or to the end.")

  @Option("--before PATH", "The file that it comes to stand before; the end when not given.") var before: String?
  @Option("--before-job JOB", "The job of that file, when it is another one.") var beforeJob: JobReference?
  @Argument("NAME", "The name of the collection.") var name: String
  @Group var file: FileArguments
  @Group("Connection") var connection: ConnectionOptions

  func validate() throws(UsageError) {
    if beforeJob != nil, before == nil {
      throw UsageError("--before-job says whose file --before names", hint: "give --before, too")
    }
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let number = try await broker.number(of: file.job)
    let otherNumber = try await broker.number(of: beforeJob ?? file.job)
    _ = try await broker.call(
      FilesAPI.MoveInCollection(
        name: name, file: FilesAPI.CollectionFile(job: number, path: file.path),
        before: before.map { FilesAPI.CollectionFile(job: otherNumber, path: $0) }))
    context.output.print(StyledText("\(file.path) stands \(before.map { "before \($0)" } ?? "at the end")"))
    return .done
  }
}
