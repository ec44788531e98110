import JSON
import PluginKit
import ProcessFiles
import Raster
import TaskFacts

/// Everything that a pack shows, and what it cannot show because it is not there.
struct PackContent {
  struct CloseUp {
    let name: String
    let note: String?
    let picture: PackPicture
  }

  struct View {
    let name: String
    let picture: PackPicture?
    let analysis: Analysis?
    let sketch: PackPicture?
    let closeUps: [CloseUp]
  }

  /// What the file of an analysis says, as far as a pack shows it. It may be written by hand.
  struct Analysis {
    let summary: String
    let details: [(id: String, name: String, origin: String?, note: String?)]
    /// Further texts: a name, and one or several of them.
    let notes: [(name: String, texts: [String])]
    let facts: [(name: String, text: String)]
    let palette: [(hex: String, share: String)]
    let measures: [(code: String, name: String, value: String)]
    let origin: String
  }

  let payload: PackPayload
  let views: [View]
  /// In sentences.
  let missing: [String]

  init(_ payload: PackPayload, missingNeeds: [String], _ host: any Host) throws {
    var reader = try PackReader(payload, host)
    self.payload = payload
    views = try payload.views.map { try reader.view($0) }
    // What is not there because its task failed has been named by its place already, but a task may have had other files.
    missing = reader.missing + missingNeeds.map { "The task \($0) did not succeed." }
  }

  /// Which makers are named in the pack, once each.
  var origins: [String] {
    let pictures = views.flatMap { [$0.sketch] + $0.closeUps.map(\.picture) }.compactMap { $0?.origin }
    let all = views.compactMap { $0.analysis?.origin } + pictures
    return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Of all views, each measure once.
  var measures: [(code: String, name: String, value: String)] {
    var names: Set<String> = []
    return views.flatMap { $0.analysis?.measures ?? [] }.filter {
      names.insert("\($0.code)\n\($0.name)\n\($0.value)").inserted
    }
  }

  /// What stands above it.
  var title: String { shortened(payload.product) + (payload.revision.map { ", revision \(shortened($0))" } ?? "") }
}

/// Finds the files of a pack by their places in its folder: `analysis/VIEW.json`, `sketches/VIEW.…`, `close-ups/VIEW/DETAIL.…`.
private struct PackReader {
  private let payload: PackPayload
  private let host: any Host
  private let readables: [Readable]
  private var bytesLeft = Limits.packPictureBytesMax
  private(set) var missing: [String] = []

  init(_ payload: PackPayload, _ host: any Host) throws {
    self.payload = payload
    self.host = host
    readables = try host.inputs()
  }

  mutating func view(_ view: PackPayload.View) throws -> PackContent.View {
    let analysis = try analysis(view)
    let base = try base(view)
    let sketch = try picture(at: "sketches/\(view.id)", "The sketch of view '\(view.name)'")
    var closeUps: [PackContent.CloseUp] = []
    for detail in analysis?.details ?? [] {
      let what = "The close-up '\(detail.name)' of view '\(view.name)'"
      guard let picture = try picture(at: "close-ups/\(view.id)/\(detail.id)", what) else { continue }
      closeUps.append(PackContent.CloseUp(name: detail.name, note: detail.note, picture: picture))
    }
    return PackContent.View(name: view.name, picture: base, analysis: analysis, sketch: sketch, closeUps: closeUps)
  }

  private mutating func base(_ view: PackPayload.View) throws -> PackPicture? {
    let what = "The picture of view '\(view.name)'"
    guard let readable = readables.first(where: { Array($0.name.utf8) == Array(view.picture.utf8) }) else {
      return missing(what, "is not among the inputs of the job (\(view.picture))")
    }
    guard view.sha256 == nil || view.sha256 == readable.sha256 else {
      throw payload.facts.fault(
        "views", "'\(view.picture)' has other bytes than those that were looked at before",
        "Make the task again that has written the views.")
    }
    return try read(readable, what)
  }

  private mutating func analysis(_ view: PackPayload.View) throws -> PackContent.Analysis? {
    let path = payload.folder + "analysis/\(view.id).json"
    let what = "The analysis of view '\(view.name)'"
    guard let readable = readables.first(where: { $0.name == path }) else { return missing(what, "is missing") }
    guard readable.size <= Limits.analysisBytesMax else { return missing(what, "has too many bytes (\(path))") }
    guard let document = try? JSONDocument(try host.read(path)), document.root.members != nil else {
      return missing(what, "is no JSON object (\(path))")
    }
    return PackContent.Analysis(document.root)
  }

  /// - Parameter place: in the folder of the pack, without an ending.
  private mutating func picture(at place: String, _ what: String) throws -> PackPicture? {
    let begin = payload.folder + place + "."
    let found = readables.filter {
      $0.task != nil && $0.name.hasPrefix(begin) && !$0.name.dropFirst(begin.count).contains("/")
    }
    // What can be enlarged without harm is taken where there are several.
    guard let readable = found.first(where: { $0.name.hasSuffix(".svg") }) ?? found.first else {
      return missing(what, "is missing")
    }
    return try read(readable, what)
  }

  private mutating func read(_ readable: Readable, _ what: String) throws -> PackPicture? {
    guard readable.size <= min(bytesLeft, RasterLimits.imageBytes) else {
      return missing(what, "is too large to be shown here; it is \(readable.name)")
    }
    bytesLeft -= readable.size
    let bytes = try host.read(readable.name)
    do throws(RasterError) {
      return try PackPicture(readable, bytes)
    } catch {
      return missing(what, "cannot be read: \(error) (\(readable.name))")
    }
  }

  private mutating func missing<Part>(_ what: String, _ why: String) -> Part? {
    missing.append("\(what) \(why).")
    return nil
  }
}
