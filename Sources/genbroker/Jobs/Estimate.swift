import BrokerClient
import CommandLine
import JobModel
import ModelAPI
import Wire

/// `genbroker estimate`
struct Estimate: Command {
  static let about = About(
    "estimate", "Say what the tasks of a job that have not begun would do, and what that would cost.",
    discussion: """
      Tasks that would be taken from the store cost nothing. What the others would take is what tasks of their sort have \
      taken before, on average, with the first model of the job; else what they have taken with another one, at the prices of the \
      first. The last line says which. Where no price is known, the cost is not either. With --json it is what they have taken \
      before, with the model that is named there. Nothing is changed.
      """,
    examples: [
      .init("genbroker submit --hold --kind docs processes/ && genbroker estimate @last", "Look, then resume.")
    ])

  @Argument("JOB", "Its number, or @last.") var job: JobReference
  @Group var output: JSONOption
  @Group("Models") var models: ModelFileOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let job = try await broker.call(JobsAPI.Show(job: job.number)).job
    let answer = try await broker.call(JobsAPI.Estimate(job: job.job))
    if output.json {
      context.output.print(json: answer)
    } else {
      context.output.print(
        estimate: answer.groups, models: job.models, prices: try models.load(context.environment).prices)
    }
    return .done
  }
}

extension TextOutput {
  /// A line for each sort of task, and the sum.
  ///
  /// - parameters:
  ///   - models: those of the job.
  ///   - prices: what models cost.
  func print(estimate groups: [JobsAPI.EstimateGroup], models: [String], prices: PriceTable) {
    guard !groups.isEmpty else { return print(StyledText("nothing is left to do")) }
    let prices = EstimatePrices(models: models, prices)
    print(estimateTable(groups, prices))
    print(StyledText(estimateSummary(groups, prices)))
    if groups.contains(where: { $0.kind == Kind.recipe.name }) {
      print(StyledText("more tasks follow: the recipe makes them of what others have made"))
    }
  }
}

/// What the tasks would do, a line for each sort.
func estimateTable(_ groups: [JobsAPI.EstimateGroup], _ prices: EstimatePrices) -> Table {
  var table = Table([
    .init("KIND"), .init("OP"), .init("REUSED", .right), .init("TO MAKE", .right), .init("OPEN", .right),
    .init("CALLS", .right), .init("TOKENS", .right), .init("COST", .right),
  ])
  for group in groups.map(prices.applied) {
    table.add([
      StyledText(group.kind), StyledText(group.op), StyledText(String(group.reused)), StyledText(String(group.toRun)),
      StyledText(String(group.open)), StyledText(group.callsText), StyledText(group.tokensText),
      StyledText(group.costText),
    ])
  }
  return table
}

/// The sum of an estimate, and what it rests on.
func estimateSummary(_ groups: [JobsAPI.EstimateGroup], _ prices: EstimatePrices) -> String {
  let reused = groups.reduce(0) { $0 + $1.reused }
  let toRun = groups.reduce(0) { $0 + $1.toRun }
  let open = groups.reduce(0) { $0 + $1.open }
  var text = "\(Human.count(toRun, "task")) to make, \(reused) taken from the store"
  if open > 0 { text += ", \(open) depending on what is made" }
  return open + toRun == 0 ? text : text + "; " + costOutlook(groups.filter { $0.toRun + $0.open > 0 }, prices)
}

/// What tasks that may have to be made would cost, and by which of the past and at whose prices that is known.
private func costOutlook(_ groups: [JobsAPI.EstimateGroup], _ prices: EstimatePrices) -> String {
  guard let first = prices.first else { return "no model is asked" }
  let known = groups.filter { $0.pastModel != nil }
  guard !known.isEmpty else { return "cost unknown: no such task has asked a model before" }
  let costs = known.map(prices.applied).compactMap(\.worstPicoUSD)
  let sum = costs.reduce(0) { saturatingSum($0, Int64($1)) }
  var text = costs.isEmpty ? "cost unknown" : "about \(Money.text(pico: sum))"
  if !costs.isEmpty, costs.count < known.count { text += " + tasks of unknown cost" }
  text += ", by " + pastWords(known)
  guard known.contains(where: prices.areNeeded) else { return text }
  return text + (prices.areKnown ? ", at the prices of \(first)" : "; no price of \(first) is known here")
}

/// `what 12 such tasks have taken with openai/gpt-5-mini and 3 with ollama/llama3`.
private func pastWords(_ groups: [JobsAPI.EstimateGroup]) -> String {
  let tasks = groups.reduce(into: [:]) { $0[$1.pastModel ?? "", default: 0] += $1.pastTasks }
  let parts = tasks.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.enumerated().map { place, past in
    place == 0
      ? "what \(Human.count(past.value, "such task")) \(past.value == 1 ? "has" : "have") taken with \(past.key)"
      : "\(Human.grouped(Int64(past.value))) with \(past.key)"
  }
  return parts.joined(separator: " and ")
}

extension JobsAPI.EstimateGroup {
  /// Tasks that may have to be made.
  private var most: Int { toRun + open }

  /// What all of them would cost, those that are open included.
  fileprivate var worstPicoUSD: Int? {
    picoUsd.map { $0.multipliedReportingOverflow(by: most).overflow ? .max : $0 * most }
  }

  fileprivate var callsText: String {
    callsMilli.map { calls in "~\((calls * most + 999) / 1000)" } ?? "-"
  }

  fileprivate var tokensText: String {
    guard inputTokens != nil || outputTokens != nil else { return "-" }
    return "~\(((inputTokens ?? 0) + (outputTokens ?? 0)) * most)"
  }

  fileprivate var costText: String {
    worstPicoUSD.map { "~" + Money.text(pico: Int64($0)) } ?? (pastModel == nil ? "-" : "unknown")
  }
}
