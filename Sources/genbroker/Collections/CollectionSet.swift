import BrokerClient
import CommandLine
import Wire

/// How far a collection is meant to be, for the command line.
enum CollectionStatusChoice: String, Choice {
  case planned, active, completed, archived

  var status: FilesAPI.CollectionStatus? { FilesAPI.CollectionStatus(rawValue: rawValue) }
}

/// `genbroker collection set`
struct CollectionSet: Command {
  static let about = About(
    "set", "Make an empty collection, or change one.",
    discussion: "What is not given stays as it is.",
    examples: [.init("genbroker collection set 'Winter 2025' --status completed", "It is done.")])

  @Option("--name NEW", "Its new name.") var newName: String?
  @Option("--status STATUS", "How far it is meant to be.") var status: CollectionStatusChoice?
  @Option("--about TEXT", "A sentence about it; an empty one takes it away.") var text: String?
  @Argument("NAME", "The name of the collection.") var name: String
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let answer = try await connection.connect(context).call(
      FilesAPI.SetCollection(name: name, newName: newName, status: status?.status, about: text))
    context.output.print(StyledText("'\(newName ?? name)' was \(answer.created ? "made" : "changed")"))
    return .done
  }
}

/// `genbroker collection delete`
struct CollectionDelete: Command {
  static let about = About("delete", "Take a collection away; its files stay where they are.")

  @Argument("NAME", "The name of the collection.") var name: String
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    _ = try await connection.connect(context).call(FilesAPI.DeleteCollection(name: name))
    context.output.print(StyledText("'\(name)' is gone; its files stay"))
    return .done
  }
}
