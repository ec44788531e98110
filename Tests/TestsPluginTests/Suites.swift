import Foundation
import PluginSupport
import PluginKit

@testable import genplugin_tests

extension FakeHost {
  typealias File = (name: String, bytes: [UInt8])

  /// All tests of some files, written by one process, or by a new one for every task.
  static func tests(
    of files: [File], _ framework: Framework = .pytest, inFreshProcesses: Bool = false,
    model: ((ModelQuestion) throws -> ModelAnswer)? = nil
  ) throws -> FakeHost {
    let host = FakeHost(files)
    host.model = model
    var generator = TestsGenerator()
    try host.plan(&generator, options: JSONText(#"{"framework":"\#(framework.rawValue)"}"#))
    for task in host.spawned {
      if inFreshProcesses { generator = TestsGenerator() }
      try host.run(task, &generator)
    }
    return host
  }

  /// Writes what was put below a directory.
  func export(to directory: String) throws {
    for (path, stored) in results {
      let file = URL(fileURLWithPath: directory).appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(stored.bytes).write(to: file)
    }
  }

  /// The files of tests.
  func files(endingIn ending: String) -> [String] { results.keys.filter { $0.hasSuffix(ending) }.sorted() }

  /// A model of one process.
  static func model(_ process: String, name: String = "m.bpmn") -> File {
    let text = """
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="P">\(process)</process></definitions>
      """
    return (name, Array(text.utf8))
  }
}
