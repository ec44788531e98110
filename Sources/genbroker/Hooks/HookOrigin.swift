import CommandLine
import FileSystem
import JSON

/// What a hook was made from. It is kept beside its cursor, so that calls which were given up can be made again by the
/// hook's name alone. It is what the user wrote: `{env:NAME}` and not the secret.
enum HookOrigin: Sendable, Equatable {
  /// One of several in a file; an absolute path.
  case file(String)
  case commandLine(HookAction)

  /// - returns: nil for anything but what ``json`` has made.
  init?(_ value: JSONValue) {
    if let path = value["config"]?.string {
      self = .file(path)
    } else if let action = HookAction(value) {
      self = .commandLine(action)
    } else {
      return nil
    }
  }

  var json: JSONTree {
    switch self {
    case .file(let path): ["config": .string(path)]
    case .commandLine(let action): action.json
    }
  }

  /// The hook for single calls: when it would be called by itself is not known any more.
  ///
  /// - throws: `UserError` and `UsageError` when it cannot be made any more.
  func hook(_ name: String, _ environment: [String: String]) throws -> Hook {
    switch self {
    case .commandLine(let action):
      return Hook(
        name: name, filter: HookFilter(), action: try action.action(environment), timeoutMs: action.timeoutMs,
        origin: self)
    case .file(let path):
      guard let hook = try HookFile.read(path, environment).first(where: { $0.name == name }) else {
        throw UserError(
          "there is no hook '\(name)' in '\(path)' any more", remedy: "give --config FILE, or the hook itself",
          exitCode: .usage)
      }
      return hook
    }
  }
}

/// What a hook of the command line does, as it was given.
struct HookAction: Sendable, Equatable {
  var url: String?
  var headers: [String] = []
  /// A file.
  var body: String?
  var command: String?
  var shell: String?
  var words: [String] = []
  var timeoutMs: Int64
  /// What relative paths count from.
  var directory: String

  init(timeoutMs: Int64, directory: String) {
    (self.timeoutMs, self.directory) = (timeoutMs, directory)
  }

  /// - returns: nil for anything but what ``json`` has made.
  init?(_ value: JSONValue) {
    guard let timeoutMs = value["timeout_ms"]?.int, let directory = value["directory"]?.string else { return nil }
    self.init(timeoutMs: timeoutMs, directory: directory)
    let texts = { (name: String) in (value[name]?.elements ?? []).compactMap(\.string) }
    (url, body) = (value["post"]?.string, value["body"]?.string)
    (command, shell) = (value["command"]?.string, value["shell"]?.string)
    (headers, words) = (texts("headers"), texts("words"))
  }

  var json: JSONTree {
    let texts = [("post", url), ("body", body), ("command", command), ("shell", shell)]
    let members = texts.compactMap { name, text in text.map { JSONTree.Member(name, .string($0)) } }
    return .object(
      members + [
        .init("headers", .array(headers.map(JSONTree.string))), .init("words", .array(words.map(JSONTree.string))),
        .init("timeout_ms", .int(timeoutMs)), .init("directory", .string(directory)),
      ])
  }

  /// - throws: `UsageError` and `UserError` for what cannot be.
  func action(_ environment: [String: String]) throws -> Hook.Action {
    if let url { return .post(try webhook(url, environment)) }
    if let shell { return .run(.shell(shell)) }
    let words = try command.map { text throws(UsageError) in try hookWords(text) } ?? words
    return .run(try HookCommand(finding: words, besides: directory, environment))
  }

  private func webhook(_ url: String, _ environment: [String: String]) throws -> Webhook {
    var webhook = Webhook(url: try SecretText(url, besides: directory))
    webhook.headers = try headers.map(header)
    if let body { webhook.template = try HookTemplate(file: FileTree.absolute(body, in: directory)) }
    try webhook.check(environment)
    return webhook
  }

  private func header(_ text: String) throws(UsageError) -> Webhook.Header {
    guard let colon = text.firstIndex(of: ":") else {
      throw UsageError("the header '\(text)' has no colon", hint: "write 'Name: value'")
    }
    let value = text[text.index(after: colon)...].drop { $0 == " " }
    return try Webhook.Header(name: String(text[..<colon]), value: String(value), besides: directory)
  }
}
