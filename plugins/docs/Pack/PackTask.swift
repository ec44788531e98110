import JSON
import PluginKit
import ProcessFiles
import Raster

/// Op `pack`: everything that the needed tasks have made of a product, as one page and as one document to print.
struct PackTask {
  private let payload: PackPayload
  private let task: GenerationTask
  private let host: any Host
  private let version: String

  init(_ task: GenerationTask, _ host: any Host, version: String) throws {
    payload = try PackPayload(task)
    self.task = task
    self.host = host
    self.version = version
  }

  func write() throws {
    let content = try PackContent(payload, missingNeeds: task.missingNeeds, host)
    for line in content.missing { try host.log(line) }
    let generator = "genplugin-docs \(version)"
    let marks = FileMarks(
      type: "pack", product: payload.product, category: payload.category, revision: payload.revision)
    let facts: [JSONTree.Member] = [
      .init("title", .string(content.title)), .init("missing", .int(Int64(content.missing.count))),
    ]
    let meta = JSONText(JSONTree.object(marks.members + facts))
    if let path = payload.pagePath, !task.isDone(path) {
      let page = PackPage(content: content, generator: generator)
      try host.put(path: path, mediaType: "text/html", text: page.html, meta: meta)
    }
    if let path = payload.documentPath, !task.isDone(path) {
      try host.put(path: path, mediaType: "application/pdf", bytes: try document(content, generator), meta: meta)
    }
    try host.progress(done: 1, total: 1, note: content.title)
  }

  private func document(_ content: PackContent, _ generator: String) throws -> [UInt8] {
    do throws(RasterError) {
      return try PackSheets(content: content, generator: generator).document.bytes()
    } catch {
      throw PluginFailure("no_document", "the PDF cannot be made: \(error).\nTry it again, or declare the .html alone.")
    }
  }
}
