import BPMN
import Digest
import JSON
import JSONSchema
import PluginKit
import ProcessFiles

/// What a model is asked about a page.
struct PageQuestion: Hashable, Sendable {
  let question: ModelQuestion
  /// SHA-256 of everything that the model is told: where the text on a page comes from.
  let hash: String

  /// - Returns: nil for pages that no model is asked about.
  init?(_ context: PageContext) {
    guard let facts = PageFacts.of(context) else { return nil }
    let prompt = Self.template(for: context.page, in: context)
      .replacing("{{facts}}", with: DataBlock.text(facts.bounded), maxReplacements: 1)
    let rules = Self.text(PackageResources.rules_md)
    question = ModelQuestion(
      [ModelMessage(.system, rules), ModelMessage(.user, prompt)], purpose: "describe",
      maxOutputTokens: Limits.answerTokensMax, schema: JSONText(GeneratedText.schema.raw))
    hash = SHA256Digest(of: Array("\(rules)\n\(prompt)\n".utf8) + GeneratedText.schema.raw.bytes).hex
  }

  private static func template(for page: PageID, in context: PageContext) -> String {
    switch page {
    case .node(let node) where !context.site.set[node].kind.isSubProcess: text(PackageResources.node_md)
    case .node, .process: text(PackageResources.process_md)
    case .file, .index, .glossary: text(PackageResources.file_md)
    }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Asks, and holds the answer against the schema: hosts may be wrong, too.
  func ask(_ host: any Host) throws -> GeneratedText {
    let answer = try host.ask(question)
    return try GeneratedText(answer, promptHash: hash)
  }
}
