import JSON
import JobModel
import ModelAPI
import Wire

/// What is kept of an answer: the same object for the plugin that has paid for it and for all that get it again.
struct AnswerRecord {
  /// `provider/model`, as it was asked for.
  var model: String
  var text: String
  /// See `HostAPI.Model.Reply.finish`.
  var finish: String

  init(_ answer: ModelAnswer, by model: ModelName) {
    self.model = model.description
    text = answer.text
    finish = answer.finish.rawValue
  }

  /// - Returns: `nil` for what ``json(of:)`` has not made.
  init?(_ json: JSONValue) {
    guard let model = json["model"]?.string, let text = json["text"]?.string, let finish = json["finish"]?.string else {
      return nil
    }
    (self.model, self.text, self.finish) = (model, text, finish)
  }

  /// The object that is stored.
  var json: RawJSON {
    RawJSON(
      .object([
        .init("model", .string(model)), .init("finish", .string(finish)), .init("text", .string(text)),
      ]))
  }

  /// Stands in a file of this type, the last of all, where it is too long for a message.
  static let mediaType = "application/json"
}

extension WorkerAPI.CallUsage {
  /// What a provider tells beyond all reason must not keep an answer from being kept.
  private static func bounded(_ tokens: Int64?) -> Int? {
    tokens.map { Int(min(max($0, 0), ModelLimits.tokensPerCallMax)) }
  }

  /// What an answer has used, and what it has cost: by the provider's word, else by the price table, else nobody knows.
  init(_ answer: ModelAnswer, by model: ModelName, _ prices: PriceTable) {
    let price = answer.reportedPicoUSD ?? prices.cost(of: answer.usage, images: answer.images.count, by: model)
    let source: WorkerAPI.CostSource = answer.reportedPicoUSD != nil ? .provider : price != nil ? .table : .none
    self.init(answer.usage, picoUsd: price, source: source, raw: answer.rawUsage)
  }

  init(_ usage: TokenUsage, picoUsd: Int64?, source: WorkerAPI.CostSource, raw: RawJSON? = nil) {
    self.init(
      inputTokens: Self.bounded(usage.input), cachedTokens: Self.bounded(usage.cachedInput),
      outputTokens: Self.bounded(usage.output), reasoningTokens: Self.bounded(usage.reasoning),
      picoUsd: picoUsd.map { Int(min(max($0, 0), ModelLimits.picoUSDPerCallMax)) }, costSource: source,
      raw: raw.flatMap { $0.value.kind == .object && $0.bytes.count <= ModelLimits.rawUsageBytesMax ? $0 : nil })
  }
}
