import Digest
import JSON
import JSONSchema
import Markdown
import PluginKit
import ProcessFiles

/// What a model is asked for a text.
struct TextQuestion {
  let question: ModelQuestion
  /// SHA-256 of everything that the model is told.
  let hash: String
  private let schema: Schema?
  private let format: TextFormat

  init(_ payload: TextPayload, _ earlier: EarlierFiles) {
    let rules = String(decoding: PackageResources.text_md, as: UTF8.self)
    let data = Self.data(payload, earlier)
    // What is known stands before what is asked.
    let prompt = (data.map { DataBlock.text($0) + "\n\n" } ?? "") + payload.prompt
    (schema, format) = (payload.schema, payload.format)
    question = ModelQuestion(
      [ModelMessage(.system, rules), ModelMessage(.user, prompt)], purpose: "text", maxOutputTokens: payload.tokensMax,
      schema: payload.schema.map { JSONText($0.raw) })
    hash = SHA256Digest(of: Array("\(rules)\n\(prompt)\n".utf8) + (payload.schema?.raw.bytes ?? [])).hex
  }

  private static func data(_ payload: TextPayload, _ earlier: EarlierFiles) -> JSONTree? {
    var members: [JSONTree.Member] = []
    if let facts = payload.facts { members.append(.init("facts", JSONTree(facts))) }
    if !earlier.members.isEmpty { members.append(.init("files", .object(earlier.members))) }
    return members.isEmpty ? nil : .object(members)
  }

  /// - Throws: `PluginFailure` of class `bad_answer` for one that is cut, empty, or does not fit the schema.
  func ask(_ host: any Host) throws -> WrittenText {
    let answer = try host.ask(question)
    let model = shortened(answer.model)
    guard !answer.isCut else {
      throw PluginFailure(
        "bad_answer",
        "\(model) was cut off after \(question.maxOutputTokens ?? 0) tokens.\nAllow more with 'max_tokens', or ask for less."
      )
    }
    guard let schema else {
      guard !answer.text.allSatisfy(\.isWhitespace) else {
        throw PluginFailure("bad_answer", "\(model) has written nothing. Another attempt asks again.", retryable: true)
      }
      guard format != .html || !Markdown(answer.text).isCut else {
        throw PluginFailure(
          "bad_answer",
          "\(model) has written more than the \(Markdown.bytesMax >> 10) KiB of a page.\nAsk for less, or for a file that ends with .md."
        )
      }
      return WrittenText(content: .prose(answer.text), origin: .model(model, promptHash: hash))
    }
    // Hosts may be wrong, too.
    let value = answer.value?.raw.value
    guard let value, schema.validate(value).isEmpty else {
      let why = value.flatMap { schema.validate($0).first }.map { "\($0)" } ?? "it is no value"
      throw PluginFailure(
        "bad_answer", "\(model) did not answer as it was asked to: \(why). Another attempt asks again.", retryable: true
      )
    }
    return WrittenText(content: .value(RawJSON(value)), origin: .model(model, promptHash: hash))
  }
}
