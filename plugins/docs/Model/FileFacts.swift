import BPMN
import ProcessFiles

extension PageFacts {
  /// The facts of a file.
  func file() -> Facts {
    var facts = Facts()
    facts.add("page", "file")
    facts.add("title", context.title(of: context.page))
    facts.add("participants", model.participants.map(participant))
    let collaborations = model.collaborations
    facts.add(
      "documentation",
      texts(model.common.documentation + collaborations.flatMap(\.documentation), collaborations.flatMap(\.annotations))
    )
    facts.add("messages", messages(model.messageFlows))
    facts.add("global_tasks", model.globalTasks.map { shortened($0.plainName ?? $0.key) })
    facts.add("parts", context.site.children(of: context.page).map { part($0, kind: "Process") })
    facts.add("warnings", model.warnings.map { shortened($0.message, to: 400) })
    return facts
  }

  private func participant(_ participant: Participant) -> Facts {
    var facts = Facts()
    facts.add("name", shortened(participant.plainName ?? participant.key))
    facts.add("shown_from_outside_only", if: participant.isBlackBox)
    facts.add(
      "process",
      participant.process.map { context.title(of: .process(ProcessReference(document: document, process: $0))) })
    return facts
  }
}
