import CommandLine
import JSON
import Wire

/// What `genbroker usage` tells: rows, and what they are together.
struct UsageReport {
  var by: UsageChoice
  var rows: [AdminAPI.UsageRow]
  /// How calls of untold cost are in the dollars of a row, by its name, where that was looked up.
  var untold: [String: UntoldCosts] = [:]

  var total: AdminAPI.UsageRow { rows.reduce(.zero(named: "total")) { $0 + $1 } }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("by")
      writer.string(by.rawValue)
      writer.key("rows")
      rows.write(to: &writer)
      writer.key("total")
      total.write(to: &writer)
    }
  }

  /// A last row sums up several. A column that holds nothing but zeros is left out, unless it is one that everybody looks for.
  var table: Table {
    let shown = rows.count > 1 ? rows + [total] : rows
    let columns = usageColumns.filter { column in column.isAlways || shown.contains { column.isThere($0) } }
    var table = Table([.init(by.rawValue.uppercased(), shrinks: true)] + columns.map { .init($0.heading, .right) })
    for (index, row) in shown.enumerated() {
      let paint: Paint? = index == rows.count ? .bold : nil
      let cost = cost(of: row, isTotal: index == rows.count)
      let cells = columns.map { StyledText($0.isThere(row) ? $0.text?(row) ?? cost : "–", paint) }
      table.add([StyledText(heading(of: row), paint)] + cells)
    }
    return table
  }

  /// What the column of the costs cannot say; nil when there is nothing.
  var remark: String? {
    guard rows.contains(where: { untold(in: $0) == .unclear }) else { return nil }
    return "calls of untold cost are in the dollars with the most that they may have cost, "
      + "or with nothing where no price was known"
  }

  /// How calls of untold cost are in a row. One without such calls says nothing of the sum.
  private func untold(in row: AdminAPI.UsageRow) -> UntoldCosts {
    guard row.costUnknown > 0, row.picoUsd > 0 else { return .share(nil) }
    return untold[row.name] ?? .unclear
  }

  private func cost(of row: AdminAPI.UsageRow, isTotal: Bool) -> String {
    let untold = isTotal ? rows.map { self.untold(in: $0) }.reduce(.share(nil), +) : untold(in: row)
    return untold.words(row.picoUsd, calls: row.costUnknown)
  }

  /// What removed jobs have taken comes under the number that no job has.
  private func heading(of row: AdminAPI.UsageRow) -> String {
    by == .job && row.name == "0" ? "(removed jobs)" : row.name
  }
}

/// One column of numbers.
private struct UsageColumn {
  var heading: String
  var isAlways = false
  var isThere: (AdminAPI.UsageRow) -> Bool
  /// Nil for the cost, which no row tells alone.
  var text: ((AdminAPI.UsageRow) -> String)?

  static func count(
    _ heading: String, _ value: @escaping (AdminAPI.UsageRow) -> Int, always: Bool = false
  ) -> UsageColumn {
    UsageColumn(heading: heading, isAlways: always, isThere: { value($0) != 0 }) { Human.grouped(Int64(value($0))) }
  }

  static func money(_ heading: String, _ value: @escaping (AdminAPI.UsageRow) -> Int) -> UsageColumn {
    UsageColumn(heading: heading, isThere: { value($0) != 0 }) { dollars(value($0)) }
  }
}

private var usageColumns: [UsageColumn] {
  [
    .count("CALLS", { $0.calls }, always: true), .count("FAILED", { $0.failed }), .count("REJECTED", { $0.rejected }),
    .count("REUSED", { $0.hits }), .count("INPUT", { $0.inputTokens }, always: true),
    .count("OUTPUT", { $0.outputTokens }, always: true), .count("CREDITS", { $0.credits }),
    UsageColumn(heading: "COST", isAlways: true, isThere: { $0.calls > 0 || $0.picoUsd > 0 }),
    .money("WASTED", { $0.wastedPicoUsd }), .money("SAVED", { $0.savedPicoUsd }),
    UsageColumn(heading: "PERHAPS PAID", isThere: { $0.unknown > 0 }) { row in
      Human.count(row.unknown, "call") + (row.unknownPicoUsd > 0 ? ", at most \(dollars(row.unknownPicoUsd))" : "")
    },
  ]
}

extension AdminAPI.UsageRow {
  static func zero(named name: String) -> AdminAPI.UsageRow {
    AdminAPI.UsageRow(
      name: name, calls: 0, failed: 0, rejected: 0, unknown: 0, hits: 0, inputTokens: 0, outputTokens: 0, credits: 0,
      picoUsd: 0, unknownPicoUsd: 0, wastedPicoUsd: 0, savedPicoUsd: 0, costUnknown: 0)
  }

  /// Both together under the name of the first; what no number holds is the largest one.
  static func + (left: AdminAPI.UsageRow, right: AdminAPI.UsageRow) -> AdminAPI.UsageRow {
    var sum = left
    for place in usageSums {
      let (value, overflow) = left[keyPath: place].addingReportingOverflow(right[keyPath: place])
      sum[keyPath: place] = overflow ? .max : value
    }
    return sum
  }
}

private var usageSums: [WritableKeyPath<AdminAPI.UsageRow, Int>] {
  [
    \.calls, \.failed, \.rejected, \.unknown, \.hits, \.inputTokens, \.outputTokens, \.credits, \.picoUsd,
    \.unknownPicoUsd, \.wastedPicoUsd, \.savedPicoUsd, \.costUnknown,
  ]
}
