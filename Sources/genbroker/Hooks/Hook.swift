/// What is called when a job ends.
struct Hook: Sendable {
  /// What is done.
  enum Action: Sendable {
    case post(Webhook)
    case run(HookCommand)
  }

  /// In delivery ids, messages and the names of files; see ``isName(_:)``.
  var name: String
  var filter: HookFilter
  var action: Action
  var patience = HookPatience()
  /// One call takes no longer.
  var timeoutMs: Int64 = Self.timeoutDefaultMs

  /// From what it was made; nil when that is not to be kept.
  var origin: HookOrigin?

  static let timeoutDefaultMs: Int64 = 30_000

  /// Small letters, digits, `-` and `_`, at most 64: it becomes part of names of files.
  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      }
  }

  /// What it does, in a few words without a secret.
  var words: String {
    switch action {
    case .post(let webhook): "posts to \(webhook.url.text)"
    case .run(let command): "runs \(command.words)"
    }
  }

  /// Whether it may be called for a job of this owner: a program runs only for jobs of the user who runs it, since whoever
  /// submits a job has a say in its title, its labels and its files. Webhooks are for everybody's jobs.
  ///
  /// - parameter user: who runs this process.
  func mayBeCalled(forJobOf owner: Int, by user: UInt32) -> Bool {
    if case .run = action { owner == Int(user) } else { true }
  }

  /// Variables of the environment that hold its secrets.
  var secretVariables: Set<String> {
    guard case .post(let webhook) = action else { return [] }
    return webhook.secretVariables
  }
}

/// A program that is run.
struct HookCommand: Sendable, Equatable {
  /// An absolute path.
  var executable: String
  var arguments: [String]

  var words: String { ([executable] + arguments).joined(separator: " ") }
}
