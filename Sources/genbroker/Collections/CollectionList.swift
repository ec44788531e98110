import BrokerClient
import CommandLine
import Wire

/// `genbroker collection list`
struct CollectionList: Command {
  static let about = About("list", "List your collections with their progress and credits.")

  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let collections = try await connection.connect(context).collections()
    if output.json {
      context.output.print(json: collections)
    } else if collections.isEmpty {
      context.say("no collections; tasks of recipes make them, or 'genbroker collection add'")
    } else {
      context.output.print(collectionTable(collections))
    }
    return .done
  }
}

extension BrokerConnection {
  /// All collections of the caller, by name, page by page.
  func collections() async throws -> [FilesAPI.Collection] {
    var all: [FilesAPI.Collection] = []
    while true {
      let page = try await call(FilesAPI.Collections(after: all.last?.name, limit: WireLimits.pageItemsMax))
      all += page.collections
      guard page.more, !page.collections.isEmpty else { return all }
    }
  }
}

/// The table of `genbroker collection list`.
func collectionTable(_ collections: [FilesAPI.Collection]) -> Table {
  var table = Table([
    .init("COLLECTION", shrinks: true), .init("STATUS"), .init("DONE", .right), .init("FILES", .right),
    .init("FAILED", .right), .init("MISSING", .right), .init("CREDITS", .right),
  ])
  for one in collections {
    table.add([
      StyledText(one.name), StyledText(one.status.rawValue, one.status == .active ? nil : .dim),
      StyledText("\(one.percent) %"), StyledText("\(one.completed)/\(one.files)"),
      StyledText(String(one.failed), one.failed > 0 ? .red : nil), StyledText(String(one.missing)),
      StyledText(Human.grouped(Int64(one.credits))),
    ])
  }
  return table
}
