import HTML
import JSON
import Markdown
import PluginKit

/// A text, and who has written it.
struct WrittenText {
  enum Content {
    case value(RawJSON)
    /// Markdown of unknown content.
    case prose(String)
    case facts([(name: String, words: String)])
  }

  enum Origin {
    case model(String, promptHash: String)
    case facts
  }

  let content: Content
  let origin: Origin

  /// Stored with the file.
  var meta: JSONTree {
    switch origin {
    case .model(let model, let hash): ["made_by": "model", "model": .string(model), "prompt_sha256": .string(hash)]
    case .facts: ["made_by": "facts"]
    }
  }

  /// What the file holds.
  func text(as format: TextFormat, title: String, version: String) -> String {
    switch (content, format) {
    case (.value(let value), _): String(decoding: value.bytes, as: UTF8.self) + "\n"
    case (_, .html): page(title, version)
    case (.prose(let text), _): text.hasSuffix("\n") ? text : text + "\n"
    case (.facts(let facts), .markdown):
      "# \(MarkdownText.escaped(title))\n\n"
        + facts.map { "- \(MarkdownText.escaped($0.name)): \(MarkdownText.escaped($0.words))\n" }.joined()
        + "\n*\(Self.remark)*\n"
    case (.facts(let facts), _):
      "\(title)\n\n" + facts.map { "\($0.name): \($0.words)\n" }.joined() + "\n\(Self.remark)\n"
    }
  }

  private static let remark = "Written from facts, without a model."

  private func page(_ title: String, _ version: String) -> String {
    HTMLWriter.document(language: "en") { writer in
      writer.element(.head) { head in
        head.void(.meta, [Attribute("charset", "utf-8")])
        head.element(.title, text: title)
        head.void(.meta, [Attribute("name", "viewport"), Attribute("content", "width=device-width, initial-scale=1")])
        head.void(.meta, [Attribute("name", "generator"), Attribute("content", "genplugin-docs \(version)")])
        head.void(.meta, [Attribute("http-equiv", "Content-Security-Policy"), Attribute("content", Self.policy)])
      }
      writer.element(.body) { body in
        body.element(.h1, [Attribute("dir", "auto")], text: title)
        body.element(.main, [Attribute("dir", "auto")]) { write(&$0) }
        body.element(.footer) { $0.element(.p) { origin(&$0) } }
      }
    }
  }

  /// Nothing runs and nothing is loaded, whatever a model has written.
  private static let policy = "default-src 'none'; base-uri 'none'; form-action 'none'"

  private func write(_ writer: inout HTMLWriter) {
    switch content {
    case .value(let value): writer.element(.pre, text: String(decoding: value.bytes, as: UTF8.self))
    case .prose(let text): writer.markdown(Markdown(text), under: 1)
    case .facts(let facts):
      writer.element(.dl) { list in
        for fact in facts {
          list.element(.dt, text: fact.name)
          list.element(.dd, text: fact.words)
        }
      }
    }
  }

  private func origin(_ writer: inout HTMLWriter) {
    guard case .model(let model, _) = origin else { return writer.text(Self.remark) }
    writer.text("Written by the model ")
    writer.element(.code, text: model)
    writer.text("; nobody has checked it.")
  }
}
