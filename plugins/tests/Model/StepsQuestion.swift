import JSONSchema
import BPMN
import Digest
import JSON
import PluginKit
import ProcessFiles

/// What a model is asked about a file of tests: concrete steps and data for its scenarios.
struct StepsQuestion: Hashable, Sendable {
  private let question: ModelQuestion
  private let scenarios: Int
  /// SHA-256 of everything that the model is told: where steps and data come from.
  let hash: String

  init(_ context: SuiteContext) {
    scenarios = min(context.suite.scenarios.count, Limits.scenariosMax)
    let prompt = Self.text(PackageResources.scenarios_md)
      .replacing("{{facts}}", with: DataBlock.text(Self.facts(context).bounded), maxReplacements: 1)
    let rules = Self.text(PackageResources.rules_md)
    question = ModelQuestion(
      [ModelMessage(.system, rules), ModelMessage(.user, prompt)], purpose: "test steps",
      maxOutputTokens: Limits.answerTokensMax, schema: JSONText(GeneratedSteps.schema.raw))
    hash = SHA256Digest(of: Array("\(rules)\n\(prompt)\n".utf8) + GeneratedSteps.schema.raw.bytes).hex
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Asks. An answer that does not fit is none: the tests are written without.
  ///
  /// - Throws: every other failure of the model: a later attempt asks again, or takes the answer that is stored.
  func ask(_ host: any Host) throws -> GeneratedSteps {
    do {
      return GeneratedSteps(try host.ask(question), scenarios: scenarios, promptHash: hash)
    } catch let failure as PluginFailure where failure.errorClass == "bad_answer" {
      return .unusable(failure.message)
    }
  }

  // MARK: Facts

  private static func facts(_ context: SuiteContext) -> Facts {
    var facts = Facts()
    facts.add("title", context.title)
    facts.add("kind", context.kind)
    facts.add("process", context.processTitle)
    if case .node(let index) = context.suite.subject { node(context, context.net.nodes[index].handle, &facts) }
    let told = context.suite.scenarios.prefix(Limits.scenariosMax).enumerated().map { index, scenario in
      var facts = Facts()
      facts.add("scenario", GeneratedSteps.name(index))
      facts.add("given", scenario.given)
      facts.add("when", scenario.when)
      facts.add("then", scenario.then)
      return facts
    }
    facts.add("scenarios", told)
    return facts
  }

  private static func node(_ context: SuiteContext, _ handle: Handle<FlowNode>, _ facts: inout Facts) {
    let model = context.model
    let node = model[handle]
    facts.add("documentation", node.documentation.map(plainText))
    facts.add("roles", node.kind.isActivity ? model.roles(of: handle) : [])
    facts.add("reads", model.dataRead(by: handle).map(model.dataName))
    facts.add("writes", model.dataWritten(by: handle).map(model.dataName))
    facts.add("conditions", node.outgoing.compactMap { model[$0].condition.map { collapsingWhitespace($0.text) } })
    facts.add("timers", (node.event?.definitions ?? []).compactMap { $0.timer?.words })
    facts.add("repetition", model.loopWords(for: handle))
  }
}
