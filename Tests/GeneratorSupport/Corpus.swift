package import Foundation

/// Other people's models; `GENBROKER_CORPUS` or beside the checkout. Empty, and said so, when they are not there.
package enum Corpus {
  /// Where the models are.
  package static let folder: URL = {
    if let place = ProcessInfo.processInfo.environment["GENBROKER_CORPUS"] { return URL(fileURLWithPath: place) }
    return packageFolder.appendingPathComponent("../shared/corpus/bpmn").standardized
  }()

  /// The folder of the package.
  package static let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  /// What a file holds, counted by somebody else.
  package struct Expected: Decodable {
    package let flowNodes: Int
    package let processes: [Process]

    /// A process of the file.
    package struct Process: Decodable { package let id: String }
  }

  /// What is known of each model, by its path in the folder.
  package static func expected() throws -> [String: Expected] {
    let file = folder.appendingPathComponent("expected.json")
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("skipped: the BPMN corpus is not at \(folder.path); set GENBROKER_CORPUS to its folder")
      return [:]
    }
    return try JSONDecoder().decode([String: Expected].self, from: Data(contentsOf: file))
  }

  /// A file of the folder.
  package static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// Two files of which one calls the other.
  package static func sample() throws -> [(name: String, bytes: [UInt8])] {
    let folder = packageFolder.appendingPathComponent("contrib/samples/order-fulfilment")
    return try ["order.bpmn", "payment.bpmn"].map { name in
      (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
    }
  }
}
