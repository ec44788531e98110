import JSON
import PluginKit
import TaskFacts

/// How pictures are drawn, and in which formats: from the options of the job, which the payload of a task overrules.
struct PictureSettings: Hashable {
  var look = Look.clean
  /// Pixels of a PNG for each unit; nil for the usual number, or less where the picture would be too large.
  var scale: Double?
  var formats: [PictureFormat] = PictureFormat.allCases
  /// Whether every node gets a picture of its own.
  var hasCloseUps = true

  enum Look: String, CaseIterable { case clean, sketch }

  static let names = ["style", "scale", "formats", "close_ups"]

  init() {}

  /// - Throws: `PluginFailure` for an option that nobody knows, or a value that is none.
  init(_ task: GenerationTask) throws {
    var options = try FactReader(task.options.raw.value, "option", errorClass: "bad_input")
    try read(&options)
    try options.finish()
    var payload = try FactReader(task.payload.raw.value, "payload")
    payload.ignore(FactReader.recipeMembers)
    try read(&payload)
    try payload.finish()
  }

  /// Takes the members that are there.
  mutating func read(_ facts: inout FactReader) throws {
    if let look = try facts.choice("style", Look.self) { self.look = look }
    if let scale = try facts.number("scale", Limits.scales) { self.scale = scale }
    if let formats = try facts.text("formats") { self.formats = try Self.formats(formats, facts) }
    if let hasCloseUps = try facts.flag("close_ups") { self.hasCloseUps = hasCloseUps }
  }

  private static func formats(_ text: String, _ facts: FactReader) throws -> [PictureFormat] {
    let names = text.split(separator: ",").map { $0.filter { $0 != " " } }
    let formats = names.compactMap(PictureFormat.init(rawValue:))
    guard !formats.isEmpty, formats.count == names.count else {
      throw facts.fault("formats", "'\(text)' is no list of formats", "Give svg, png or svg,png.")
    }
    return PictureFormat.allCases.filter(formats.contains)
  }

  /// The files of a picture whose path has no ending yet.
  func outputs(_ path: String) -> [PictureOutput] {
    formats.map { PictureOutput(path: "\(path).\($0.rawValue)", format: $0) }
  }

  var json: [JSONTree.Member] {
    var members: [JSONTree.Member] = [
      .init("style", .string(look.rawValue)), .init("formats", .string(formats.map(\.rawValue).joined(separator: ","))),
    ]
    if let scale { members.append(.init("scale", .double(scale))) }
    return members
  }
}

/// What a file of a picture is.
enum PictureFormat: String, CaseIterable {
  case svg, png

  var mediaType: String { self == .svg ? "image/svg+xml" : "image/png" }
}

/// One file of a picture.
struct PictureOutput: Hashable {
  var path: String
  var format: PictureFormat
}
