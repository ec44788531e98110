import JSON
import PluginKit
import ProcessFiles
import Raster
import TaskFacts

/// Op `views`: looks at the pictures of a revision before anything is made of them, and writes down which they are, so that the
/// tasks behind it depend on their own picture and no other.
struct ViewsTask {
  private let path: String
  private let revision: String?
  private let views: [(name: String, image: String)]
  private let facts: FactReader

  /// - Throws: `PluginFailure` of class `bad_payload` for what is missing, unknown or of the wrong type.
  init(_ task: GenerationTask) throws {
    path = try task.onlyOutput(".json", of: "views")
    var facts = try FactReader(task.payload.raw.value, "payload")
    facts.ignore(FactReader.recipeMembers)
    revision = try facts.text("revision")
    views = try facts.pairs("views", max: Limits.viewsMax).map { name, image in
      guard let image = image.string else {
        throw facts.fault("views.\(name.prefix(80))", "it is no text", "Give the name of a picture of the job.")
      }
      guard !name.allSatisfy(\.isWhitespace), name.unicodeScalars.count <= FactLimits.nameCharactersMax else {
        throw facts.fault("views", "a view has no name, or one that is too long", "Call it front or back, say.")
      }
      return (name, image)
    }
    guard !views.isEmpty else {
      throw facts.fault("views", "there is none", "Give the name of a picture for each, as {\"front\": \"front.png\"}.")
    }
    try facts.finish()
    self.facts = facts
  }

  /// - Throws: `PluginFailure` also for a picture that is not there or cannot be read.
  func write(_ host: any Host) throws {
    var names = PathNames()
    let list = try views.map { name, image in
      let picture = try InputPicture(image, facts, host)
      return [
        "id": .string(names.name(for: name)), "name": .string(name), "image": .string(image),
        "sha256": .string(picture.sha256), "width": .int(Int64(picture.image.statedSize.width)),
        "height": .int(Int64(picture.image.statedSize.height)),
      ] as JSONTree
    }
    let object: JSONTree = ["revision": revision.map { .string($0) } ?? .null, "views": .array(list)]
    try host.put(
      path: path, mediaType: "application/json", text: String(decoding: object.bytes, as: UTF8.self) + "\n",
      meta: JSONText(
        JSONTree.object(
          FileMarks(type: "views", product: nil, category: nil, revision: revision).members + [
            .init("made_by", "facts")
          ])))
    try host.progress(done: 1, total: 1, note: counted(views.count, "view"))
  }
}

extension GenerationTask {
  /// The one path that the task declares, which ends as its op writes.
  func onlyOutput(_ ending: String, of op: String) throws -> String {
    guard outputs.count == 1, let path = outputs.first, path.hasSuffix(ending) else {
      throw PluginFailure(
        "bad_payload", "op \(op) writes exactly one file that ends with \(ending).\nDeclare that as its output.")
    }
    return path
  }
}
