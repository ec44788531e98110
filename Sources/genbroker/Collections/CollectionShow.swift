import BrokerClient
import CommandLine
import JSON
import Wire

/// `genbroker collection show`
struct CollectionShow: Command {
  static let about = About(
    "show", "Show a collection and its files, in their order.",
    discussion: """
      A file is 'completed' when it is there, 'processing' while its task has not ended, 'failed' when that has ended without \
      success, 'archived' when it was put away (it counts no more), and 'missing' when nobody is going to make it.
      """)

  @Argument("NAME", "The name of the collection.") var name: String
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let (collection, items) = try await broker.collection(name)
    if output.json {
      var writer = JSONWriter()
      writer.object { writer in
        collection.writeFields(to: &writer)
        writer.key("items")
        items.write(to: &writer)
      }
      context.output.write(writer.finish(UInt8(ascii: "\n")))
    } else {
      context.output.print(collectionLines(collection))
      if !items.isEmpty { context.output.print(itemTable(items)) }
    }
    return .done
  }
}

extension BrokerConnection {
  /// A collection with all its files, page by page.
  func collection(_ name: String) async throws -> (FilesAPI.Collection, [FilesAPI.CollectionItem]) {
    var items: [FilesAPI.CollectionItem] = []
    while true {
      let page = try await call(
        FilesAPI.ShowCollection(name: name, after: items.last?.position, limit: WireLimits.pageItemsMax))
      items += page.items
      guard page.more, !page.items.isEmpty else { return (page.collection, items) }
    }
  }
}

/// What is true of a collection as a whole.
func collectionLines(_ one: FilesAPI.Collection) -> [StyledText] {
  var fields = FieldList()
  fields.add("name", one.name)
  fields.add("status", one.status.rawValue)
  fields.add("about", one.about)
  let others = [("processing", one.processing), ("failed", one.failed), ("missing", one.missing)]
    .filter { $0.1 > 0 }.map { ", \($0.1) \($0.0)" }.joined()
  fields.add("done", "\(one.percent) %: \(one.completed) of \(Human.count(one.files, "file"))\(others)")
  if one.archived > 0 { fields.add("archived", Human.count(one.archived, "file")) }
  fields.add("credits", Human.grouped(Int64(one.credits)))
  return fields.lines
}

/// The files of a collection.
func itemTable(_ items: [FilesAPI.CollectionItem]) -> Table {
  let hasSections = items.contains { $0.section != nil }
  var table = Table(
    (hasSections ? [.init("SECTION", shrinks: true)] : []) + [
      .init("PATH", shrinks: true), .init("STATE"), .init("CREDITS", .right), .init("JOB", .right),
      .init("TASK", shrinks: true),
    ])
  for item in items {
    let paint: Paint? =
      switch item.state {
      case .completed: nil
      case .failed: .red
      case .processing, .archived, .missing: .dim
      }
    table.add(
      (hasSections ? [StyledText(item.section ?? "")] : []) + [
        StyledText(item.path), StyledText(item.state.rawValue, paint), StyledText(String(item.credits)),
        StyledText(item.job.map(String.init) ?? ""), StyledText(item.task ?? ""),
      ])
  }
  return table
}
