import FileSystem
import JSON
import JobModel
import Testing
import Wire

@testable import WorkerHost

/// The plugin author's guide says what is true.
struct GuideTests {
  private func text(_ path: String) throws -> String {
    String(decoding: try FileTree.read(packageRoot + "/" + path, limitBytes: 1 << 20), as: UTF8.self)
  }

  @Test func `the example in the guide is the file that is tested`() throws {
    let example = try text("contrib/python/genplugin_words.py")
    #expect(try text("plugins/README.md").contains("```python\n\(example)```\n"))
  }

  @Test func `the lines of the plugin in the guide are understood by the host, and the host's by a plugin`() throws {
    let lines = try text("plugins/README.md").split(separator: "\n")
    let fromPlugin = lines.filter { $0.hasPrefix("← ") }.map { Array($0.dropFirst(2).utf8) }
    let fromHost = lines.filter { $0.hasPrefix("→ ") }.map { Array($0.dropFirst(2).utf8) }
    #expect(fromPlugin.count >= 6 && fromHost.count >= 5)
    for line in fromPlugin { _ = try PluginMessage<HostAPI.Call>(line: line) }
    for line in fromHost { _ = try PluginMessage<PluginAPI.Call>(line: line) }
  }

  @Test func `every class of failure that the worker knows is in the guide`() throws {
    let guide = try text("plugins/README.md")
    let classes = [
      "plugin_crash", "timeout", "plugin_protocol", "bad_result", "bad_spawn", "bad_op", "refused", "plugin_stuck",
      "plugin_start", "incomplete", "plugin_error",
    ]
    for name in classes { #expect(guide.contains("`\(name)`"), "\(name)") }
  }

  @Test func `the limits in the guide are those of the program`() throws {
    let guide = try text("plugins/README.md")
    let rows = [
      "| a line, either direction | \(WireLimits.lineBytesMax >> 20) MiB |",
      "| a line from the host, unless the task itself is larger | \(WireLimits.hostLineBytesMax >> 10) KiB |",
      "| `payload` of a task | \(WireLimits.payloadBytesMax >> 10) KiB |",
      "| one `read` | \(WireLimits.pluginReadBytesMax >> 10) KiB |",
      "| `meta` of a result | \(ModelLimits.metaBytesMax >> 10) KiB |",
      "| objects and arrays inside each other, in `meta` and in the payload of a spawned task | \(WireLimits.objectDepthMax) |",
      "| one result | \(ModelLimits.blobBytesMax >> 30) GiB |",
      "| answers that the plugin has not read | \(WorkerLimits.unreadBytesMax >> 20) MiB |",
    ]
    for row in rows { #expect(guide.contains(row), "\(row)") }
    #expect(ModelLimits.attemptsDefault == 3 && ModelLimits.crashesDefault == 5)
  }
}
