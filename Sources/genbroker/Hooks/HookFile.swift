import CommandLine
import FileSystem
import HTTPTransport
import JSON
import Wire
import YAML

/// Reads the file of `--config`: several hooks by name.
struct HookFile {
  private let path: String
  private let environment: [String: String]

  /// - throws: `UserError` with file, line and column of the first thing that is wrong.
  static func read(_ path: String, _ environment: [String: String]) throws -> [Hook] {
    let bytes = try HookFiles.bytes(path)
    let absolute = try FileTree.absolute(path)
    do throws(YAMLError) {
      return try HookFile(path: absolute, environment: environment).hooks(bytes)
    } catch {
      throw error.asUserError(file: path)
    }
  }

  private static let subject = YAMLSubject(
    name: "file of hooks", beginning: "hooks:", bytesMax: HookFiles.bytesMax,
    sizeRemedy: "put bodies into files of their own")

  private func hooks(_ bytes: [UInt8]) throws(YAMLError) -> [Hook] {
    let (root, _) = try YAMLReader.read(bytes, as: Self.subject)
    let members = try Members(root, "a file of hooks", known: ["hooks"])
    let node = try members.required("hooks", remedy: "begin with 'hooks:'")
    let hooks = try node.members("'hooks'")
    guard (1...hooksMax).contains(hooks.count) else {
      throw YAMLError(node.place, "\(hooks.count) hooks", remedy: "write 1 to \(hooksMax)")
    }
    return try hooks.map { member throws(YAMLError) in try hook(member) }
  }

  private func hook(_ member: YAMLMember) throws(YAMLError) -> Hook {
    guard Hook.isName(member.name) else {
      throw YAMLError(
        member.place, "'\(member.name)' cannot be the name of a hook",
        remedy: "use small letters, digits, '-' and '_', at most 64")
    }
    let what = "the hook '\(member.name)'"
    let members = try Members(member.value, what, known: Self.known)
    var hook = Hook(name: member.name, filter: try filter(members), action: try action(members, what))
    hook.origin = .file(path)
    if let timeout = try members.read("timeout", Self.time) { hook.timeoutMs = timeout }
    if let total = try members.read("give_up_after", Self.time) { hook.patience.totalMs = total }
    if let attempts = try members.read("attempts", Self.attempts) { hook.patience.attemptsMax = Int(attempts) }
    return hook
  }

  private static let known = [
    "on", "kind", "label", "project", "post", "headers", "body", "command", "shell", "timeout", "attempts",
    "give_up_after",
  ]

  // MARK: When

  private func filter(_ members: Members) throws(YAMLError) -> HookFilter {
    var filter = HookFilter(try members.read("on", Self.ends) ?? [])
    filter.kinds = Set(try members.read("kind", Self.texts) ?? [])
    filter.projects = Set(try members.read("project", Self.texts) ?? [])
    for label in try members.value("label")?.members("'label'") ?? [] {
      filter.labels[label.name] = try label.value.text("'\(label.name)'")
    }
    return filter
  }

  private static func ends(_ node: YAMLNode, _ what: String) throws(YAMLError) -> [HookEnd] {
    let nodes = try elements(node, what)
    return try nodes.map { node throws(YAMLError) in
      let text = try node.text(what)
      do throws(ValueProblem) {
        return try HookEnd.read(text)
      } catch {
        throw YAMLError(node.place, "'\(text)' is no end of a job", remedy: error.remedy)
      }
    }
  }

  private static func texts(_ node: YAMLNode, _ what: String) throws(YAMLError) -> [String] {
    try elements(node, what).map { node throws(YAMLError) in try node.text(what) }
  }

  /// One, or a list.
  private static func elements(_ node: YAMLNode, _ what: String) throws(YAMLError) -> [YAMLNode] {
    if case .list(let nodes) = node.content { return nodes }
    return [node]
  }

  private static func time(_ node: YAMLNode, _ what: String) throws(YAMLError) -> Int64 {
    let text = try node.text(what)
    do throws(ValueProblem) {
      let time = try Milliseconds.read(text)
      guard HookOptions.times.contains(time) else {
        throw ValueProblem("is \(text)", remedy: "give 100ms to 1d")
      }
      return time.count
    } catch {
      throw YAMLError(node.place, "\(what): \(error.what)", remedy: error.remedy)
    }
  }

  private static func attempts(_ node: YAMLNode, _ what: String) throws(YAMLError) -> Int64 {
    try node.integer(what, in: Int64(HookOptions.attempts.lowerBound)...Int64(HookOptions.attempts.upperBound))
  }

  // MARK: What

  private func action(_ members: Members, _ what: String) throws(YAMLError) -> Hook.Action {
    let given = ["post", "command", "shell"].filter { members.value($0) != nil }
    guard given.count == 1 else {
      let problem = given.isEmpty ? "does nothing" : "has \(given.map { "'\($0)'" }.joined(separator: " and "))"
      throw YAMLError(members.place, "\(what) \(problem)", remedy: "write one of 'post', 'command' and 'shell'")
    }
    if let post = members.value("post") { return .post(try webhook(post, members)) }
    for name in ["headers", "body"] {
      if let node = members.value(name) {
        throw YAMLError(
          node.place, "'\(name)' is for 'post'", remedy: "leave it out: a command reads JSON from its input")
      }
    }
    if let shell = members.value("shell") { return .run(.shell(try shell.text("'shell'"))) }
    guard let node = members.value("command") else { preconditionFailure("one of three is there") }
    return .run(try command(node))
  }

  private func command(_ node: YAMLNode) throws(YAMLError) -> HookCommand {
    try usage(at: node) { () throws(UsageError) in
      let words: [String]
      if case .list = node.content {
        do throws(YAMLError) {
          words = try Self.texts(node, "'command'")
        } catch {
          throw UsageError(error.problem, hint: error.remedy)
        }
      } else {
        words = try hookWords(Self.plainText(node))
      }
      return try HookCommand(finding: words, besides: directory, environment)
    }
  }

  private static func plainText(_ node: YAMLNode) -> String {
    if case .scalar(let scalar) = node.content { scalar.text } else { "" }
  }

  private func webhook(_ post: YAMLNode, _ members: Members) throws(YAMLError) -> Webhook {
    let url = try post.text("'post'")
    var webhook = Webhook(
      url: try usage(at: post) { () throws(UsageError) in try SecretText(url, besides: directory) })
    for member in try members.value("headers")?.members("'headers'") ?? [] {
      let value = try member.value.text("'\(member.name)'")
      let header = try usage(at: member.value) { () throws(UsageError) in
        try Webhook.Header(name: member.name, value: value, besides: directory)
      }
      webhook.headers.append(header)
    }
    if let body = members.value("body") { webhook.template = try template(body) }
    do throws(UserError) {
      try webhook.check(environment)
    } catch {
      throw YAMLError(post.place, error.message, remedy: error.remedy)
    }
    return webhook
  }

  /// A text names a file; a mapping is the body itself.
  private func template(_ node: YAMLNode) throws(YAMLError) -> HookTemplate {
    if case .scalar = node.content {
      let text = try node.text("'body'")
      do throws(UserError) {
        return try HookTemplate(file: FileTree.absolute(text, in: directory))
      } catch {
        throw YAMLError(node.place, error.message, remedy: error.remedy)
      }
    }
    let body = try node.json()
    do throws(HookTemplateProblem) {
      return try HookTemplate(body)
    } catch {
      throw YAMLError(Self.place(of: error.text, in: node) ?? node.place, error.problem, remedy: error.remedy)
    }
  }

  /// Of the value that holds a text.
  private static func place(of text: String, in node: YAMLNode) -> Place? {
    switch node.content {
    case .scalar(let scalar): scalar.text.contains(text) ? node.place : nil
    case .list(let nodes): nodes.lazy.compactMap { place(of: text, in: $0) }.first
    case .map(let members): members.lazy.compactMap { place(of: text, in: $0.value) }.first
    }
  }

  /// What paths in the file count from.
  private var directory: String { FileTree.parent(of: path) ?? "/" }

  private func usage<Value>(
    at node: YAMLNode, _ body: () throws(UsageError) -> Value
  ) throws(YAMLError) -> Value {
    do throws(UsageError) {
      return try body()
    } catch {
      throw YAMLError(node.place, error.message, remedy: error.hint ?? "see 'genbroker hook --help'")
    }
  }
}

/// Each has a connection of its own.
private let hooksMax = 32
