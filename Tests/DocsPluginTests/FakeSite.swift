import PluginKit
import PluginSupport

@testable import genplugin_docs

extension FakeHost {
  /// The whole site, written by one process, or by a new one for every task.
  static func site(
    of files: [(name: String, bytes: [UInt8])], inFreshProcesses: Bool = false,
    model: ((ModelQuestion) throws -> ModelAnswer)? = nil
  ) throws -> FakeHost {
    let host = FakeHost(files)
    host.model = model
    var generator = DocsGenerator()
    try host.plan(&generator)
    for task in host.spawned {
      if inFreshProcesses { generator = DocsGenerator() }
      try host.run(task, &generator)
    }
    return host
  }
}
