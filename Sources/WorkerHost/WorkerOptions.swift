import EventLoop
import Glibc
package import ModelAPI

/// How a worker is set up.
package struct WorkerOptions: Sendable {
  /// The generator type.
  package var kind: String
  /// What people see in `genbroker workers`.
  package var name: String
  /// How many tasks it works on at a time, each in a plugin process of its own.
  package var concurrency: Int
  /// The plugin's executable, absolute.
  package var plugin: String
  /// Where the broker listens.
  package var socket: String
  /// The whole environment of the plugins.
  package var pluginEnvironment: [String]
  /// Where the working directories of the plugins are made.
  package var directory: String
  /// Whom model calls may be made to; nil where none are made.
  package var providers: ProviderTable?
  /// Who sends the requests.
  var makeCaller: @Sendable (ProviderTable, EventLoop) throws(IOError) -> any ModelCaller = {
    (providers, loop) throws(IOError) in try ModelClient(providers, on: loop)
  }
  /// Ends after one task.
  package var once = false
  package var times = WorkerTimes()
  package var pid = Int(getpid())

  package init(
    kind: String, name: String, concurrency: Int, plugin: String, socket: String, pluginEnvironment: [String],
    directory: String
  ) {
    self.kind = kind
    self.name = name
    self.concurrency = concurrency
    self.plugin = plugin
    self.socket = socket
    self.pluginEnvironment = pluginEnvironment
    self.directory = directory
  }
}
