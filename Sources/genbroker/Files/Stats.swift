import BrokerClient
import CommandLine
import EventLoop
import JSON
import Wire

/// `genbroker stats`
struct Stats: Command {
  static let about = About(
    "stats", "Sum up marked files by type and status, the credits of products, and collections by status.",
    discussion: """
      Your own files, those that 'genbroker files --product …' finds; how long they took is from the lease of a task to the commit \
      of its file. Credits are those of tasks of a product that were done since then; with other marks there are none to tell. 'genbroker usage' sums up model calls.
      """,
    examples: [
      .init("genbroker stats --product Parka --since 7d", "A product in a week."),
      .init("genbroker stats --since 24h", "The last day."),
    ])

  @Group("Marks") var marks: ColumnOptions
  @Option("--since TIME", "Only since then: 24h, 7d, or a day such as 2026-11-30.") var since: PointInTime?
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let sums = try await broker.call(
      FilesAPI.Stats(
        columns: marks.columns, sinceMs: since.map { Int($0.milliseconds(now: WallClock.nowMs())) }))
    // Collections are not of a product, nor of a time.
    let isOfAll = marks.columns == nil && since == nil
    let report = StatsReport(sums: sums, collections: isOfAll ? try await broker.collections() : [])
    if output.json {
      var writer = JSONWriter()
      report.write(to: &writer)
      context.output.write(writer.finish(UInt8(ascii: "\n")))
    } else if report.isEmpty {
      context.say("no files are marked so")
    } else {
      for (index, table) in report.tables.enumerated() {
        if index > 0 { context.output.print(StyledText("")) }
        context.output.print(table)
      }
    }
    return .done
  }
}

/// What `genbroker stats` tells.
struct StatsReport {
  let sums: FilesAPI.Stats.Reply
  let collections: [FilesAPI.Collection]

  var isEmpty: Bool { sums.files.isEmpty && sums.credits.isEmpty && collections.isEmpty }

  /// The mean completion of collections of one status, in percent, rounded down.
  struct Completion: Equatable {
    let status: String
    let collections: Int
    let percent: Int
  }

  var completions: [Completion] {
    Dictionary(grouping: collections, by: \.status.rawValue).sorted { $0.key < $1.key }.map { status, members in
      Completion(
        status: status, collections: members.count, percent: members.reduce(0) { $0 + $1.percent } / members.count)
    }
  }

  /// Those that have something to tell.
  var tables: [Table] { [fileTable, creditTable, completionTable].filter { !$0.isEmpty } }

  private var fileTable: Table {
    var table = Table([
      .init("TYPE", shrinks: true), .init("STATUS"), .init("FILES", .right), .init("BYTES", .right),
      .init("MEAN TIME", .right),
    ])
    for group in sums.files {
      table.add([
        StyledText(group.type ?? "–"), StyledText(group.status), StyledText(Human.grouped(Int64(group.files))),
        StyledText(Human.bytes(Int64(group.bytes))),
        StyledText(group.made == 0 ? "–" : Human.duration(milliseconds: Int64(group.madeInMs / group.made))),
      ])
    }
    return table
  }

  private var creditTable: Table {
    var table = Table([.init("PRODUCT", shrinks: true), .init("TASKS", .right), .init("CREDITS", .right)])
    for group in sums.credits {
      table.add([
        StyledText(group.product), StyledText(Human.grouped(Int64(group.charges))),
        StyledText(Human.grouped(Int64(group.credits))),
      ])
    }
    return table
  }

  private var completionTable: Table {
    var table = Table([.init("COLLECTIONS"), .init("COUNT", .right), .init("MEAN DONE", .right)])
    for completion in completions {
      table.add([
        StyledText(completion.status), StyledText(String(completion.collections)),
        StyledText("\(completion.percent) %"),
      ])
    }
    return table
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("files")
      sums.files.write(to: &writer)
      writer.key("credits")
      sums.credits.write(to: &writer)
      writer.key("collections")
      writer.array { writer in
        for completion in completions {
          writer.object { writer in
            writer.key("status")
            writer.string(completion.status)
            writer.key("count")
            writer.int(completion.collections)
            writer.key("mean_percent")
            writer.int(completion.percent)
          }
        }
      }
    }
  }
}
