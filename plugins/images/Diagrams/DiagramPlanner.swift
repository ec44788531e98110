import Diagram
import Digest
import Drawing
import JSON
import PluginKit
import ProcessFiles
import Raster
import TaskFacts

/// Turns the pictures of files into tasks, one each.
struct DiagramPlanner {
  private let table: PictureTable
  private let settings: PictureSettings
  private let version: String

  init(_ table: PictureTable, _ settings: PictureSettings, version: String) {
    self.table = table
    self.settings = settings
    self.version = version
  }

  static let diagramPhase = "Diagrams"
  static let closeUpPhase = "Close-ups"

  /// - Throws: `PluginFailure` when a picture would have more pixels than can be made.
  func tasks() throws -> [NewTask] {
    try table.entries.filter { settings.hasCloseUps || !$0.isCloseUp }.map(task)
  }

  private func task(for entry: PictureTable.Entry) throws -> NewTask {
    let figure = table.figure(of: entry, settings, version: version)
    if settings.formats.contains(.png) {
      guard figure.pixels.isAllowed else { throw tooLarge(figure, entry) }
    }
    let payload = DiagramPayload(
      path: entry.path, digest: SHA256Digest(of: Array(figure.svg.utf8)).hex, settings: settings)
    return NewTask(
      key: entry.path, op: ImagesGenerator.diagramOp, title: entry.title,
      phase: entry.isCloseUp ? Self.closeUpPhase : Self.diagramPhase, payload: payload.json,
      outputs: settings.outputs(entry.path).map(\.path), reuseBy: .payload)
  }

  private func tooLarge(_ figure: Figure, _ entry: PictureTable.Entry) -> PluginFailure {
    let most = figure.largestScale
    let smaller = "a smaller --option scale=… (at most \(most.svg) for it), or "
    return PluginFailure(
      "bad_input",
      """
      \(table.files[entry.file].name): \(entry.path).png would have \(figure.pixels), more than can be drawn.
      Submit with \(Limits.scales.contains(most) ? smaller : "")--option formats=svg.
      """)
  }
}

/// What the task of a picture carries; everything else is read from the files.
struct DiagramPayload {
  var path: String
  /// Of the picture's SVG: the task changes when, and only when, its picture does.
  var digest: String
  var settings: PictureSettings

  init(path: String, digest: String, settings: PictureSettings) {
    self.path = path
    self.digest = digest
    self.settings = settings
  }

  init(_ payload: JSONText) throws {
    var facts = try FactReader(payload.raw.value, "payload")
    path = try facts.neededText("path", charactersMax: 1_024)
    digest = try facts.neededText("digest")
    settings = PictureSettings()
    try settings.read(&facts)
    try facts.finish()
  }

  var json: JSONText {
    JSONText(JSONTree.object([.init("path", .string(path)), .init("digest", .string(digest))] + settings.json))
  }
}
