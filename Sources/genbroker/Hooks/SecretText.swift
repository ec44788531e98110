import CommandLine
import FileSystem
import HTTPTransport

/// A text in which secrets can stand that are written down elsewhere: `Bearer {env:TOKEN}`, `{file:/etc/hook-url}`. So a
/// command line, which everybody can read with `ps`, and a file that is shown around hold none.
struct SecretText: Sendable, Equatable {
  /// As it was written.
  let text: String
  private let parts: [Part]

  private enum Part: Sendable, Equatable {
    case plain(String)
    case variable(String)
    case file(String)
  }

  /// - parameter directory: what relative paths of files count from; the current directory when nil.
  /// - throws: `UsageError` for a brace that begins neither.
  init(_ text: String, besides directory: String? = nil) throws(UsageError) {
    self.text = text
    var parts: [Part] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.plain(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else { throw Self.wrong(text) }
      let inner = rest[rest.index(after: open)..<close]
      if inner.hasPrefix("env:"), inner.count > 4 {
        parts.append(.variable(String(inner.dropFirst(4))))
      } else if inner.hasPrefix("file:"), inner.count > 5 {
        let path = String(inner.dropFirst(5))
        parts.append(.file(directory.map { FileTree.absolute(path, in: $0) } ?? path))
      } else {
        throw Self.wrong(text)
      }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.plain(String(rest))) }
    self.parts = parts
  }

  private static func wrong(_ text: String) -> UsageError {
    UsageError(
      "'\(text)' has a brace that begins no secret",
      hint: "write {env:NAME} for a variable of the environment, {file:PATH} for a file of yours with mode 0600")
  }

  var hasSecrets: Bool {
    parts.contains { if case .plain = $0 { false } else { true } }
  }

  /// The variables that it names.
  var variables: Set<String> {
    Set(parts.compactMap { if case .variable(let name) = $0 { name } else { nil } })
  }

  /// The text with the secrets in it, and these alone: to be taken out of what is told. They are read anew each time.
  ///
  /// - throws: `UserError` when one is not there, or others can read its file.
  func resolved(_ environment: [String: String]) throws(UserError) -> (text: String, secrets: [Secret]) {
    var (whole, secrets): (String, [Secret]) = ("", [])
    for part in parts {
      guard let secret = try secret(part, environment) else {
        if case .plain(let text) = part { whole += text }
        continue
      }
      whole += secret.reveal()
      secrets.append(secret)
    }
    return (whole, secrets)
  }

  private func secret(_ part: Part, _ environment: [String: String]) throws(UserError) -> Secret? {
    switch part {
    case .plain: return nil
    case .variable(let name):
      guard let secret = environment[name].flatMap({ Secret($0) }) else {
        throw UserError(
          "the variable \(name) of the environment is not set, or is no secret: printable ASCII without blanks",
          remedy: "set it for this program, or use {file:PATH}", exitCode: .usage)
      }
      return secret
    case .file(let path):
      do throws(SecretFileError) {
        return try SecretFile.read(path)
      } catch {
        let why =
          switch error {
          case .unreadable(let why): why
          case .unusable(let why): "it \(why)"
          }
        throw UserError(
          "the secret in '\(path)' is not used: \(why)",
          remedy: "let it be a file of yours with mode 0600 that holds the secret alone", exitCode: .usage)
      }
    }
  }
}

/// Takes secrets out of what is told to people: some servers repeat what they were sent.
func without(_ secrets: [Secret], _ text: String) -> String {
  secrets.reduce(text) { text, secret in
    let secret = secret.reveal()
    // Shorter ones occur in any text.
    return secret.utf8.count < 6 ? text : text.replacing(secret, with: "(secret)")
  }
}
