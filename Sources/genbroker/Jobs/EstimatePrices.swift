import JobModel
import ModelAPI
import Wire

/// By which prices an estimate is made of tasks that another model has done before.
struct EstimatePrices {
  /// The model that the job asks first; nil when it asks none.
  let first: ModelName?
  private let table: PriceTable

  /// - parameters:
  ///   - models: those of the job.
  ///   - table: what models cost.
  init(models: [String], _ table: PriceTable) {
    first = models.first.flatMap { try? ModelName(parsing: $0) }
    self.table = table
  }

  /// Whether the first model has a price.
  var areKnown: Bool { first.flatMap { table.price(of: $0) } != nil }

  /// Whether other models have done such tasks than the one that is asked now.
  func areNeeded(for group: JobsAPI.EstimateGroup) -> Bool {
    guard let first, let past = group.pastModel else { return false }
    return past != first.description
  }

  /// The same tasks, at the prices of the model that is asked now; their cost is unknown when these are.
  func applied(to group: JobsAPI.EstimateGroup) -> JobsAPI.EstimateGroup {
    guard areNeeded(for: group) else { return group }
    var priced = group
    priced.picoUsd = cost(of: group)
    return priced
  }

  /// Of one such task: what an average call of it would cost, so many times. A price for each image does not go by tokens.
  private func cost(of group: JobsAPI.EstimateGroup) -> Int? {
    guard let first, table.price(of: first)?.perImage == nil, let calls = group.callsMilli, calls > 0,
      let input = group.inputTokens, let output = group.outputTokens
    else { return nil }
    var usage = TokenUsage()
    usage.input = share(input, calls)
    usage.output = share(output, calls)
    guard let each = table.cost(of: usage, by: first) else { return nil }
    return Int(exactly: Int128(each) * Int128(calls) / 1000)
  }

  /// Of one call; a part of a token counts as a whole one.
  private func share(_ tokens: Int, _ callsMilli: Int) -> Int64 {
    Int64(clamping: (Int128(tokens) * 1000 + Int128(callsMilli) - 1) / Int128(callsMilli))
  }
}
