import JSON
import PluginKit
import TaskFacts

/// What a recipe says of a pack: of which views it is, and whose.
struct PackPayload {
  struct View {
    /// Its name in paths.
    let id: String
    /// What people call it.
    let name: String
    let picture: String
    let sha256: String?
  }

  let product: String
  let category: String?
  let revision: String?
  let views: [View]
  /// The folder in which the pack is, and everything that it shows; ends with `/` unless it is empty.
  let folder: String
  let pagePath: String?
  let documentPath: String?
  /// For failures about its members.
  let facts: FactReader

  /// - Throws: `PluginFailure` of class `bad_payload` for what is missing, unknown or of the wrong type.
  init(_ task: GenerationTask) throws {
    pagePath = task.outputs.first { $0.hasSuffix(".html") }
    documentPath = task.outputs.first { $0.hasSuffix(".pdf") }
    let known = [pagePath, documentPath].compactMap { $0 }
    guard let path = known.first, known.count == task.outputs.count else {
      throw PluginFailure(
        "bad_payload",
        "op pack writes one .html and one .pdf, and the task declares \(task.outputs.count) outputs.\nDeclare one of each, or one of them."
      )
    }
    folder = path.split(separator: "/").dropLast().map { $0 + "/" }.joined()
    var facts = try FactReader(task.payload.raw.value, "payload")
    facts.ignore(FactReader.recipeMembers)
    product = try facts.neededText("product")
    category = try facts.text("category")
    revision = try facts.text("revision")
    views = try facts.list("views", max: Limits.viewsMax) { item in
      item.ignore(["width", "height"])
      return View(
        id: try item.neededText("id"), name: try item.neededText("name"),
        picture: try item.neededText("image", charactersMax: FactLimits.pathCharactersMax),
        sha256: try item.text("sha256"))
    }
    guard !views.isEmpty else {
      throw facts.fault("views", "there is none", "Give those that op views has written, as \"{outputs.views.views}\".")
    }
    try facts.finish()
    self.facts = facts
  }
}
