import BrokerClient
import CommandLine
import JobModel
import Wire

/// `genbroker estimate`
struct Estimate: Command {
  static let about = About(
    "estimate", "Say what the tasks of a job that have not begun would do, and what that would cost.",
    discussion: """
      Tasks that would be taken from the store cost nothing. What the others would take is what tasks of their sort have \
      taken before, on average. Nothing is changed.
      """,
    examples: [
      .init("genbroker submit --hold --kind docs processes/ && genbroker estimate @last", "Look, then resume.")
    ])

  @Argument("JOB", "Its number, or @last.") var job: JobReference
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let answer = try await broker.call(JobsAPI.Estimate(job: try await broker.number(of: job)))
    if output.json { context.output.print(json: answer) } else { context.output.print(estimate: answer.groups) }
    return .done
  }
}

extension TextOutput {
  /// A line for each sort of task, and the sum.
  func print(estimate groups: [JobsAPI.EstimateGroup]) {
    guard !groups.isEmpty else { return print(StyledText("nothing is left to do")) }
    print(estimateTable(groups))
    print(StyledText(summary(groups)))
  }
}

private func estimateTable(_ groups: [JobsAPI.EstimateGroup]) -> Table {
  var table = Table([
    .init("KIND"), .init("OP"), .init("REUSED", .right), .init("TO MAKE", .right), .init("OPEN", .right),
    .init("CALLS", .right), .init("TOKENS", .right), .init("COST", .right),
  ])
  for group in groups {
    table.add([
      StyledText(group.kind), StyledText(group.op), StyledText(String(group.reused)), StyledText(String(group.toRun)),
      StyledText(String(group.open)), StyledText(group.callsText), StyledText(group.tokensText),
      StyledText(group.costText),
    ])
  }
  return table
}

private func summary(_ groups: [JobsAPI.EstimateGroup]) -> String {
  let reused = groups.reduce(0) { $0 + $1.reused }
  let toRun = groups.reduce(0) { $0 + $1.toRun }
  let open = groups.reduce(0) { $0 + $1.open }
  var text = "\(Human.count(toRun, "task")) to make, \(reused) taken from the store"
  if open > 0 { text += ", \(open) depending on what is made" }
  let costs = groups.compactMap(\.worstPicoUSD)
  if costs.isEmpty || open + toRun == 0 { return text }
  return text + "; about \(Money.text(pico: Int64(costs.reduce(0, +)))), by what such tasks have cost"
}

extension JobsAPI.EstimateGroup {
  /// Tasks that may have to be made.
  private var most: Int { toRun + open }

  /// What all of them would cost, those that are open included.
  var worstPicoUSD: Int? { picoUsd.map { $0 * most } }

  fileprivate var callsText: String {
    callsMilli.map { calls in "~\((calls * most + 999) / 1000)" } ?? "-"
  }

  fileprivate var tokensText: String {
    guard inputTokens != nil || outputTokens != nil else { return "-" }
    return "~\(((inputTokens ?? 0) + (outputTokens ?? 0)) * most)"
  }

  fileprivate var costText: String { worstPicoUSD.map { "~" + Money.text(pico: Int64($0)) } ?? "-" }
}
