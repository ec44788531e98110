package import Foundation

/// The public process files that are kept beside the repository; `GENBROKER_CORPUS` says where else they are.
package enum PublicModels {
  /// The folder.
  package static let folder: URL = {
    if let place = ProcessInfo.processInfo.environment["GENBROKER_CORPUS"] { return URL(fileURLWithPath: place) }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared/corpus/bpmn")
  }()

  /// Their whole paths; empty (and said so) where they are not there.
  package static let files: [String] = {
    let walk = FileManager.default.enumerator(atPath: folder.path)
    let names = (walk?.compactMap { $0 as? String } ?? []).filter {
      $0.hasSuffix(".bpmn") || $0.hasSuffix(".bpmn20.xml")
    }
    if names.isEmpty { print("skipped: the tests on public models, since there are none in \(folder.path)") }
    return names.sorted().map { folder.appendingPathComponent($0).path }
  }()
}
