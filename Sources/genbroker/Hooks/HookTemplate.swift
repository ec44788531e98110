import JSON
import Wire

/// The body of a webhook with placeholders in its texts: `{"text": "job {job.id} failed"}`.
///
/// It is JSON before anything is put in, and what is put in becomes part of a text: whatever a title holds, the body stays
/// JSON of the same shape.
struct HookTemplate: Sendable {
  private let body: JSONTree

  /// - throws: `HookTemplateProblem` for the first text with a brace that belongs to no placeholder.
  init(_ body: JSONTree) throws(HookTemplateProblem) {
    try Self.check(body)
    self.body = body
  }

  /// The body for a call.
  func filled(_ call: HookCall) -> [UInt8] { Self.filled(body, call).bytes }

  private static func check(_ value: JSONTree) throws(HookTemplateProblem) {
    switch value {
    case .string(let text): _ = try HookText.parts(of: text)
    case .array(let values): for value in values { try check(value) }
    case .object(let members): for member in members { try check(member.value) }
    case .null, .bool, .int, .double: break
    }
  }

  private static func filled(_ value: JSONTree, _ call: HookCall) -> JSONTree {
    switch value {
    case .string(let text): .string(HookText.filled(text, call))
    case .array(let values): .array(values.map { filled($0, call) })
    case .object(let members): .object(members.map { .init($0.key, filled($0.value, call)) })
    case .null, .bool, .int, .double: value
    }
  }
}

/// A text of a template that cannot be filled.
struct HookTemplateProblem: Error, Equatable {
  /// What stands there, from its brace on.
  var text: String
  var problem: String
  var remedy: String
}

/// A text with placeholders: `{job.title}`, `{job.title|slack}`; `{{` and `}}` are braces.
enum HookText {
  enum Part: Equatable {
    case text(String)
    case value(name: String, filter: Filter?)
  }

  /// What is done to a value before it is put in.
  enum Filter: String, CaseIterable {
    /// The three characters that mean something to Slack: without it, a title could call a whole channel
    /// (https://api.slack.com/reference/surfaces/formatting#escaping).
    case slack

    func apply(_ text: String) -> String {
      text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
  }

  /// - throws: `HookTemplateProblem` for a brace that belongs to no placeholder.
  static func parts(of text: String) throws(HookTemplateProblem) -> [Part] {
    var parts: [Part] = []
    var plain = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
      guard scalar == "{" || scalar == "}" else {
        plain.append(rest.removeFirst())
        continue
      }
      if rest.dropFirst().first == scalar {
        plain.append(scalar)
        rest = rest.dropFirst(2)
        continue
      }
      let inner = rest.dropFirst().prefix { $0 != "}" && $0 != "{" }
      guard scalar == "{", inner.endIndex < rest.endIndex, rest[inner.endIndex] == "}" else { throw notOne(rest) }
      if !plain.isEmpty { parts.append(.text(String(plain))) }
      plain = String.UnicodeScalarView()
      parts.append(try part(String(String.UnicodeScalarView(inner)), rest))
      rest = rest[rest.index(after: inner.endIndex)...]
    }
    if !plain.isEmpty { parts.append(.text(String(plain))) }
    return parts
  }

  private static func part(
    _ inner: String, _ rest: Substring.UnicodeScalarView
  ) throws(HookTemplateProblem) -> Part {
    let words = inner.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard HookValue.isKnown(words[0]) else { throw notOne(rest) }
    guard words.count > 1 else { return .value(name: words[0], filter: nil) }
    guard words.count == 2, let filter = Filter(rawValue: words[1]) else {
      throw HookTemplateProblem(
        text: shown(rest), problem: "nobody knows what to do with '\(shown(rest))'",
        remedy: "behind the bar there can be: \(Filter.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return .value(name: words[0], filter: filter)
  }

  private static func notOne(_ rest: Substring.UnicodeScalarView) -> HookTemplateProblem {
    HookTemplateProblem(
      text: shown(rest), problem: "'\(shown(rest))' is no placeholder",
      remedy: "write {{ or }} for a brace; there are: \(HookValue.names.joined(separator: ", ")), job.label.NAME")
  }

  /// As much of it as an error shows.
  private static func shown(_ rest: Substring.UnicodeScalarView) -> String {
    let end = rest.firstIndex(of: "}").map { rest.index(after: $0) } ?? rest.endIndex
    return String(String.UnicodeScalarView(rest[..<end].prefix(40)))
  }

  /// The text with everything put in; one that was not checked stays as it is.
  static func filled(_ text: String, _ call: HookCall) -> String {
    guard let parts = try? parts(of: text) else { return text }
    return parts.map { part in
      switch part {
      case .text(let text): return text
      case .value(let name, let filter):
        let value = HookValue.of(name, call)
        return filter?.apply(value) ?? value
      }
    }.joined()
  }
}

/// What a placeholder stands for.
enum HookValue {
  /// All but the labels.
  static let names = [
    "job.id", "job.title", "job.state", "job.reason", "job.kind", "job.project", "job.owner", "job.tasks",
    "job.succeeded", "job.failed", "job.skipped", "job.cancelled", "job.files", "job.bytes", "job.duration", "hook",
    "delivery",
  ]
  private static let labelPrefix = "job.label."

  static func isKnown(_ name: String) -> Bool {
    names.contains(name) || (name.hasPrefix(labelPrefix) && name.utf8.count > labelPrefix.utf8.count)
  }

  /// The value; of a label that the job does not have, nothing.
  static func of(_ name: String, _ call: HookCall) -> String {
    let job = call.job
    return switch name {
    case "job.id": String(job.job)
    case "job.title": job.title
    case "job.state": call.state.rawValue
    case "job.reason": call.reasonWords
    case "job.kind": job.kind
    case "job.project": job.project
    case "job.owner": String(job.owner)
    case "job.tasks": String(job.counts.total)
    case "job.succeeded": String(job.counts.succeeded)
    case "job.failed": String(job.counts.failed)
    case "job.skipped": String(job.counts.skipped)
    case "job.cancelled": String(job.counts.cancelled)
    case "job.files": String(job.files)
    case "job.bytes": String(job.bytes)
    case "job.duration": call.duration
    case "hook": call.hook
    case "delivery": call.delivery
    default: job.labels[String(name.dropFirst(labelPrefix.count))] ?? ""
    }
  }
}
