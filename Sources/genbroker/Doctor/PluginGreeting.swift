import EventLoop
import Glibc
import Wire

/// Starts a plugin, asks it to `initialize`, and ends it.
actor PluginGreeting {
  struct Problem: Error {
    /// Follows the path of the plugin.
    let text: String
  }

  typealias Greeting = Result<PluginAPI.Initialize.Reply, Problem>

  private let plugin: InstalledPlugin
  private let loop: EventLoop
  private var process: ChildProcess?
  private var lines = LineDecoder()
  private var waiter: CheckedContinuation<Greeting, Never>?

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ plugin: InstalledPlugin, on loop: EventLoop) {
    self.plugin = plugin
    self.loop = loop
  }

  /// What the plugin answers, or why it does not.
  func result() async -> Greeting {
    await withCheckedContinuation { continuation in
      waiter = continuation
      do throws(IOError) {
        try begin()
      } catch {
        finish(.failure(Problem(text: "cannot be started: \(IOError.text(error.code))")))
      }
    }
  }

  private func begin() throws(IOError) {
    let command = ChildCommand(plugin.path, environment: ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"])
    let process = try ChildProcess.spawn(command, on: loop)
    self.process = process
    process.output.startReading(
      onData: { [weak self] bytes in
        var copy: [UInt8] = []
        for index in bytes.indices { copy.append(bytes[index]) }
        self?.assumeIsolated { $0.received(copy) }
      }, onEnd: { _ in })
    process.errors.startReading(onData: { _ in }, onEnd: { _ in })
    process.onExit = { [weak self] _ in
      self?.assumeIsolated { $0.finish(.failure(Problem(text: "ended without answering 'initialize'"))) }
    }
    loop.after(ms: answerMaxMs) { [weak self] in
      let text = "did not answer 'initialize' within \(answerMaxMs / 1000) s"
      self?.assumeIsolated { $0.finish(.failure(Problem(text: text))) }
    }
    let limits = PluginAPI.Limits(
      lineBytesMax: WireLimits.lineBytesMax, inlineDataBytesMax: WireLimits.inlineDataBytesMax,
      readBytesMax: WireLimits.pluginReadBytesMax)
    let call = PluginAPI.Initialize(protocol: pluginProtocol, kind: plugin.kind, limits: limits)
    _ = process.input.write(PluginLine.call(call, id: .number(1)))
  }

  private func received(_ bytes: [UInt8]) {
    lines.append(bytes)
    do {
      while waiter != nil, let line = try lines.next() { try take(line) }
    } catch {
      finish(.failure(Problem(text: "says what is not the plugin protocol: \(error)")))
    }
  }

  private func take(_ line: [UInt8]) throws {
    switch try PluginMessage<HostAPI.Call>(line: line) {
    case .reply(let value, id: .number(1)):
      finish(.success(try PluginAPI.Initialize.Reply(wire: value, .ignored)))
    case .failure(let failure, _):
      finish(.failure(Problem(text: "answered 'initialize' with an error: \(failure.message)")))
    // Logs may come first.
    case .call, .reply: break
    }
  }

  private func finish(_ greeting: Greeting) {
    guard let waiter else { return }
    self.waiter = nil
    process?.close()
    process = nil
    waiter.resume(returning: greeting)
  }
}

private let pluginProtocol = 1
private let answerMaxMs: Int64 = 10_000
