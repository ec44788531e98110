import Foundation

/// Other people's models; `GENBROKER_CORPUS` or beside the checkout. Empty, and said so, when they are not there.
enum Corpus {
  static let folder: URL = {
    if let place = ProcessInfo.processInfo.environment["GENBROKER_CORPUS"] { return URL(fileURLWithPath: place) }
    return packageFolder.appendingPathComponent("../shared/corpus/bpmn").standardized
  }()

  static let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct Expected: Decodable {
    let flowNodes: Int
    let processes: [Process]
    struct Process: Decodable { let id: String }
  }

  static func expected() throws -> [String: Expected] {
    let file = folder.appendingPathComponent("expected.json")
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("skipped: the BPMN corpus is not at \(folder.path); set GENBROKER_CORPUS to its folder")
      return [:]
    }
    return try JSONDecoder().decode([String: Expected].self, from: Data(contentsOf: file))
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// Two files of which one calls the other.
  static func sample() throws -> [(name: String, bytes: [UInt8])] {
    let folder = packageFolder.appendingPathComponent("contrib/samples/order-fulfilment")
    return try ["order.bpmn", "payment.bpmn"].map { name in
      (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
    }
  }
}
