import Foundation
import JSON
import PluginKit
import PluginSupport
import Raster

@testable import genplugin_docs

/// The sample of the recipe `tech-pack`, and its ops done one by one.
struct PackJob {
  let host: FakeHost
  private var generator = DocsGenerator()

  static func sample(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Corpus.packageFolder.appendingPathComponent("contrib/samples/tech-pack/" + name)))
  }

  static func png(_ content: String, width: Int = 100, height: Int = 50) throws -> [UInt8] {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='\(width)' height='\(height)'>\(content)</svg>"
    return try Rasterizer.png(svg: Array(svg.utf8), size: PixelSize(width: width, height: height))
  }

  init(_ files: [(name: String, bytes: [UInt8])]) { host = FakeHost(files) }

  /// Two views of the sample.
  init() throws { self.init(try ["a-front.svg", "a-back.svg"].map { ($0, try Self.sample($0)) }) }

  @discardableResult
  mutating func run(
    _ op: String, _ payload: JSONTree, to outputs: [String], needs: [String] = [], missing: [String] = []
  ) throws -> JSONValue? {
    let task = GenerationTask(
      job: 1, key: op, op: op, payload: JSONText(payload), outputs: outputs, missingNeeds: missing)
    try host.run(task, needs: needs, &generator)
    return outputs.first.flatMap { host.results[$0] }.flatMap { try? RawJSON(parsing: $0.bytes).value }
  }

  /// The failure of an op that has to fail for good.
  mutating func failure(_ op: String, _ payload: JSONTree, to outputs: [String]) -> PluginFailure? {
    do {
      try run(op, payload, to: outputs)
      return nil
    } catch {
      return error as? PluginFailure
    }
  }

  // MARK: A pack

  static let folder = "Parka/A/"
  static let outputs = [folder + "tech-pack.html", folder + "tech-pack.pdf"]

  /// Puts a file as if another task had made it.
  func put(_ path: String, _ bytes: [UInt8], _ mediaType: String = "image/png", meta: String? = nil) throws {
    host.results[Self.folder + path] = FakeHost.Stored(
      task: "before", bytes: bytes, mediaType: mediaType, meta: try meta.map { try JSONText($0) })
  }

  func put(_ path: String, json: String) throws { try put(path, Array(json.utf8), "application/json") }

  mutating func pack(_ payload: JSONTree, outputs: [String] = outputs, missing: [String] = []) throws {
    try run("pack", payload, to: outputs, needs: ["before"], missing: missing)
  }

  /// Of the views of the sample.
  static func payload(_ views: [String] = ["front", "back"], product: String = "Parka") -> JSONTree {
    [
      "product": .string(product), "category": "apparel", "revision": "A",
      "views": .array(
        views.map {
          ["id": .string($0), "name": .string($0), "image": .string("a-\($0).svg"), "width": 1, "height": 1]
        }),
    ]
  }

  var page: String { host.text(Self.outputs[0]) }
  var document: [UInt8] { host.results[Self.outputs[1]]?.bytes ?? [] }
}

extension JSONValue {
  /// An element of a list.
  subscript(index: Int) -> JSONValue? { elements.flatMap { $0.indices.contains(index) ? $0[index] : nil } }
}
