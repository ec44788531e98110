import Digest
import JSON
import JSONSchema
import PluginKit
import ProcessFiles
import TaskFacts

/// Op `analysis`: what there is to say about a view of a product, by a model that is shown it, or from what is given and seen.
struct AnalysisTask {
  private let payload: AnalysisPayload
  private let host: any Host
  private let facts: ViewFacts

  init(_ task: GenerationTask, _ host: any Host) throws {
    payload = try AnalysisPayload(task, host)
    facts = ViewFacts(payload: payload)
    self.host = host
  }

  /// - Throws: `PluginFailure` of class `bad_answer` for an answer that does not fit the schema, and `no_facts` where the facts do
  ///   not.
  func write(hasModel: Bool) throws {
    try hasModel ? writeByModel() : writeFromFacts()
    try host.progress(done: 1, total: 1, note: payload.view ?? payload.picture.name)
  }

  private func writeFromFacts() throws {
    let origin: [JSONTree.Member] = [.init("made_by", "facts"), .init("model", .null)]
    let remark = " Written from the given measures and the picture's own facts, without a model."
    let file = file(facts.summary + remark, facts.details, [], origin)
    if let violation = payload.schema.validate(file.value).first {
      throw PluginFailure(
        "no_facts",
        "there is no model, and the facts are not what the schema wants: \(violation).\nSubmit with --model, or ask for less in 'schema'."
      )
    }
    try put(file, origin)
  }

  private func writeByModel() throws {
    let question = AnalysisQuestion(payload, facts)
    let answer = try host.ask(question.question)
    let model = shortened(answer.model)
    guard !answer.isCut else {
      throw PluginFailure(
        "bad_answer", "\(model) was cut off after \(payload.tokensMax) tokens.\nAllow more with 'max_tokens'.")
    }
    // Hosts may be wrong, too.
    let value = try fitting(answer.value?.raw.value, "did not answer as it was asked to", model)
    let said = AnalysisAnswer(value, by: model, detailsMax: payload.detailsMax)
    let origin: [JSONTree.Member] = [
      .init("made_by", "model"), .init("model", .string(model)), .init("prompt_sha256", .string(question.hash)),
    ]
    let file = file(said.summary, said.details, said.others, origin)
    guard file.bytes.count <= Limits.analysisBytesMax else {
      throw PluginFailure(
        "bad_answer", "\(model) has said more than \(Limits.analysisBytesMax >> 10) KiB. Another attempt asks again.",
        retryable: true)
    }
    _ = try fitting(file.value, "has named details that are no part of the schema's", model)
    try put(file, origin)
  }

  private func fitting(_ value: JSONValue?, _ fault: String, _ model: String) throws -> JSONValue {
    let why = value.map { payload.schema.validate($0).first.map { "\($0)" } } ?? "it is no value"
    guard let value, why == nil else {
      throw PluginFailure(
        "bad_answer", "\(model) \(fault): \(why ?? "").\nAnother attempt asks again.", retryable: true)
    }
    return value
  }

  /// What was said first, then what is known; nothing that was said stands for what is known.
  private func file(
    _ summary: String, _ details: [Detail], _ others: [JSONTree.Member], _ origin: [JSONTree.Member]
  ) -> RawJSON {
    let said: [JSONTree.Member] = [
      .init("summary", .string(summary)), .init("details", details.json), .init("callouts", details.callouts),
    ]
    let known = facts.members + origin
    let taken = Set((said + known).map(\.key))
    return RawJSON(.object(said + others.filter { !taken.contains($0.key) } + known))
  }

  private var marks: FileMarks {
    FileMarks(
      type: "analysis", product: payload.product, category: payload.category, revision: payload.revision,
      view: payload.view)
  }

  private func put(_ file: RawJSON, _ origin: [JSONTree.Member]) throws {
    try host.put(
      path: payload.path, mediaType: "application/json", text: String(decoding: file.bytes, as: UTF8.self) + "\n",
      meta: JSONText(JSONTree.object(marks.members + origin)))
  }
}

/// What a model is asked about a view: it is told what is known, and shown the picture.
struct AnalysisQuestion {
  let question: ModelQuestion
  /// SHA-256 of everything that the model is told, and of the picture.
  let hash: String

  init(_ payload: AnalysisPayload, _ facts: ViewFacts) {
    let rules = String(decoding: PackageResources.analysis_md, as: UTF8.self)
      .replacing("{{details}}", with: "\(payload.detailsMax)")
    let wish = payload.prompt ?? "Describe the construction of this product."
    let text = DataBlock.text(.object(facts.members)) + "\n\n" + wish
    question = ModelQuestion(
      [ModelMessage(.system, rules), ModelMessage(.user, [.text(text), payload.picture.part])], purpose: "analysis",
      maxOutputTokens: payload.tokensMax, schema: JSONText(payload.schema.raw))
    let told = "\(rules)\n\(text)\n\(payload.picture.sha256)\n"
    hash = SHA256Digest(of: Array(told.utf8) + payload.schema.raw.bytes).hex
  }
}
