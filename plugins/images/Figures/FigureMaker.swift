import Drawing
import JSON
import PluginKit
import ProcessFiles
import TaskFacts

/// Makes the picture of one task of a recipe: from its facts, or by a model.
struct FigureMaker {
  private let task: GenerationTask
  private let host: any Host
  private let version: String

  init(_ task: GenerationTask, _ host: any Host, version: String) {
    self.task = task
    self.host = host
    self.version = version
  }

  func make(_ op: FigureOp) throws {
    let outputs = try outputs()
    let missing = outputs.filter { !task.isDone($0.path) }
    guard !missing.isEmpty else { return }
    let file = try FileFacts(task.payload.raw.value, host)
    var facts = try FactReader(file.payload, "payload")
    let wish = try PictureWish(&facts, task)
    // Wrong facts are wrong whether or not a model would have needed them.
    let drawing = try drawing(op, &facts, wish)
    try facts.finish()
    if task.hasModel, op == .picture || op == .closeUp, wish.prompt != nil {
      let shown = (drawing as? AnnotatedView)?.base?.picture?.part ?? wish.image.map { .input($0) }
      return try ModelPicture(wish, shown, told: file.told, host, version: version).put(missing, title: title(wish, op))
    }
    let sheet = Sheet(title: title(wish, op), drawing: drawing, look: wish.settings.look)
    let figure = Figure(
      svg: sheet.svg, title: sheet.title, size: sheet.size, scale: wish.settings.scale, source: .facts,
      version: version)
    for output in missing { try figure.put(output, host) }
    try host.progress(done: 1, total: 1, note: sheet.title)
  }

  /// What the payload calls it; else the detail of a close-up, what people see of the task, or the op.
  private func title(_ wish: PictureWish, _ op: FigureOp) -> String {
    let title = wish.title ?? (task.title.isEmpty ? op.rawValue : task.title)
    return shortened(title, to: Limits.nameCharactersMax)
  }

  private func drawing(_ op: FigureOp, _ facts: inout FactReader, _ wish: PictureWish) throws -> any FactDrawing {
    switch op {
    case .palette: try Palette(reading: &facts, host)
    case .floorplan: try Floorplan(reading: &facts)
    case .elevation: try Elevation(reading: &facts)
    case .callout, .measure, .sketch, .closeUp: try AnnotatedView(reading: &facts, for: op, host)
    case .picture: try pictureOfFacts(&facts, wish)
    }
  }

  /// The drawing that the facts suffice for.
  private func pictureOfFacts(_ facts: inout FactReader, _ wish: PictureWish) throws -> any FactDrawing {
    if facts.has("room") { return try Floorplan(reading: &facts) }
    if facts.has("wall") { return try Elevation(reading: &facts) }
    if facts.has("colours") { return try Palette(reading: &facts, host) }
    if ["image", "outline", "callouts", "dimensions", "measurements"].contains(where: facts.has) {
      return try AnnotatedView(reading: &facts, for: .picture, host)
    }
    return PictureCard(prompt: wish.prompt, facts: try KnownFacts(host).lines)
  }

  /// The declared outputs by their endings; without any, both formats under the key of the task.
  private func outputs() throws -> [PictureOutput] {
    guard !task.outputs.isEmpty else {
      let name = "images/" + task.key.split(separator: "/").map { FileNames.slug(String($0)) }.joined(separator: "/")
      return PictureFormat.allCases.map { PictureOutput(path: "\(name).\($0.rawValue)", format: $0) }
    }
    return try task.outputs.map { path in
      let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
      guard let format = PictureFormat(rawValue: ending) else {
        throw PluginFailure(
          "bad_payload",
          "the output \(path) is of no kind that is made here.\nDeclare a path that ends in .svg or .png.")
      }
      return PictureOutput(path: path, format: format)
    }
  }
}

/// What all tasks of recipes can say about their picture.
struct PictureWish {
  var title: String?
  var prompt: String?
  /// Of a picture by a model, such as `1024x1024`.
  var size: String?
  /// The name of what a model is shown beside the prompt.
  var image: String?
  var settings = PictureSettings()

  init(_ facts: inout FactReader, _ task: GenerationTask) throws {
    facts.ignore(FactReader.recipeMembers)
    title = try facts.text("title")
    prompt = try facts.text("prompt", charactersMax: Limits.promptCharactersMax)
    image = facts.has("image") ? try facts.text("image", charactersMax: FactLimits.pathCharactersMax) : nil
    size = try facts.text("size")
    if let size, !Self.isSize(size) {
      throw facts.fault("size", "'\(size)' is no size", "Give width and height in px as 1024x1024.")
    }
    if let look = try facts.choice("style", PictureSettings.Look.self) { settings.look = look }
    settings.scale = try facts.number("scale", Limits.scales)
  }

  private static func isSize(_ text: String) -> Bool {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { Int($0).map { (1...16_384).contains($0) } ?? false }
  }
}
