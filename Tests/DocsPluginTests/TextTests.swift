import Foundation
import JSON
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// A text that a recipe asks for: op `text`.
struct TextTests {
  private static let file = "texts/a.json"

  /// Does a task with this payload; answers its file, or what went wrong.
  private func write(
    _ payload: JSONTree, to path: String = file, needing files: [String: String] = [:],
    model: ((ModelQuestion) throws -> ModelAnswer)? = nil
  ) throws -> FakeHost {
    let host = FakeHost([])
    host.model = model
    for (name, text) in files {
      let mediaType = name.hasSuffix(".json") ? "application/json" : name.hasSuffix(".png") ? "image/png" : "text/plain"
      host.results[name] = FakeHost.Stored(task: "before", bytes: Array(text.utf8), mediaType: mediaType)
    }
    var generator = DocsGenerator()
    let task = GenerationTask(
      job: 1, key: "t", op: "text", title: "A title", payload: JSONText(payload), outputs: [path])
    try host.run(task, needs: files.isEmpty ? [] : ["before"], &generator)
    return host
  }

  private func failure(
    _ payload: JSONTree, to path: String = file, model: ((ModelQuestion) throws -> ModelAnswer)? = nil
  ) throws -> PluginFailure {
    try #require(throws: PluginFailure.self) { _ = try write(payload, to: path, model: model) }
  }

  private static func saying(_ text: String, isCut: Bool = false) -> (ModelQuestion) throws -> ModelAnswer {
    { question in
      ModelAnswer(
        model: "test/m", text: text, value: question.schema == nil ? nil : try JSONText(text), isCut: isCut)
    }
  }

  // MARK: With a model

  @Test func `what is known stands as data before what is asked, and the answer is the file`() throws {
    var asked: ModelQuestion?
    let host = try write(
      ["prompt": "Describe it.", "facts": ["colour": "red"]],
      needing: ["style.json": #"{"mood":"```\ncalm"}"#, "note.txt": "by hand", "picture.png": "PNG"]
    ) { question in
      asked = question
      return try Self.saying(#"{"text":"It is red."}"#)(question)
    }
    #expect(host.text(Self.file) == "{\"text\":\"It is red.\"}\n")
    let question = try #require(asked)
    let facts = try ScriptedModel.facts(in: question)
    #expect((facts["facts"] as? [String: String]) == ["colour": "red"])
    let files = try #require(facts["files"] as? [String: Any])
    #expect(files["note.txt"] as? String == "by hand" && files.count == 2)
    #expect((files["style.json"] as? [String: String]) == ["mood": "```\ncalm"])
    #expect(ScriptedModel.text(of: question, .user).hasSuffix("```\n\nDescribe it."))
    let meta = host.results[Self.file]?.meta?.text ?? ""
    #expect(meta.contains(#""made_by":"model","model":"test/m","prompt_sha256":""#))
  }

  @Test func `the schema of the recipe is that of the answer, and is held against it once more`() throws {
    let schema: JSONTree = [
      "type": "object", "required": ["n"], "properties": ["n": ["type": "integer"]], "additionalProperties": false,
    ]
    let host = try write(["prompt": "p", "schema": schema], model: Self.saying(#"{"n":3}"#))
    #expect(host.text(Self.file) == "{\"n\":3}\n")
    let wrong = try failure(["prompt": "p", "schema": schema], model: Self.saying(#"{"n":"3"}"#))
    #expect(wrong.errorClass == "bad_answer" && wrong.retryable)
  }

  @Test(arguments: ["a.md", "a.txt"])
  func `prose is kept as it was written`(_ path: String) throws {
    let host = try write(["prompt": "p"], to: path, model: Self.saying("# It\n\nis <b>so</b>."))
    #expect(host.text(path) == "# It\n\nis <b>so</b>.\n")
  }

  @Test func `a page shows Markdown, and nothing of it runs or is loaded`() throws {
    let text = "It is *so*.\n\n<script>alert(1)</script> ![x](http://e/x.png) [y](javascript:alert(1))"
    let host = try write(["prompt": "p", "title": "<T>"], to: "a.html", model: Self.saying(text))
    let page = host.text("a.html")
    #expect(page.contains("<em>so</em>") && page.contains("&lt;T&gt;") && page.contains("default-src &#39;none&#39;"))
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("href=\"javascript"))
    #expect(page.contains("Written by the model <code>test/m</code>; nobody has checked it."))
  }

  @Test func `an answer that is cut, empty or too long for a page is none`() throws {
    let cut = try failure(["prompt": "p", "max_tokens": 7], to: "a.md", model: Self.saying("It is", isCut: true))
    #expect(cut.message == "test/m was cut off after 7 tokens.\nAllow more with 'max_tokens', or ask for less.")
    let empty = try failure(["prompt": "p"], to: "a.md", model: Self.saying(" \n"))
    #expect(empty.errorClass == "bad_answer" && empty.retryable)
    let long = String(repeating: "word ", count: 4_000)
    #expect(try failure(["prompt": "p"], to: "a.html", model: Self.saying(long)).message.contains("16 KiB of a page"))
    #expect(try write(["prompt": "p"], to: "a.md", model: Self.saying(long)).text("a.md").count == long.count + 1)
  }

  @Test func `files that are too large for a model are left out, and the log says which`() throws {
    var asked: ModelQuestion?
    let large = String(repeating: "x", count: 70_000)
    let many = Dictionary(uniqueKeysWithValues: (1...4).map { ("f\($0).txt", String(repeating: "y", count: 60_000)) })
    let host = try write(["prompt": "p"], to: "a.md", needing: many.merging(["large.txt": large]) { $1 }) { question in
      asked = question
      return try Self.saying("text")(question)
    }
    let files = try ScriptedModel.facts(in: #require(asked))["files"] as? [String: Any]
    #expect(files?.keys.sorted() == ["f1.txt", "f2.txt", "f3.txt"])
    #expect(host.logged.filter { $0.hasPrefix("f4.txt has") || $0.hasPrefix("large.txt has") }.count == 2)
  }

  // MARK: Without

  @Test func `without a model it writes the facts, and says so`() throws {
    let facts: JSONTree = ["colour": "*red*", "rooms": ["hall", "bath"], "size": ["w": 2]]
    let payload: JSONTree = ["prompt": "p", "facts": facts]
    #expect(
      try write(payload, to: "a.md").text("a.md")
        == "# A title\n\n- colour: \\*red\\*\n- rooms: hall\\, bath\n- size: w\\: 2\n\n*Written from facts, without a model.*\n"
    )
    #expect(try write(payload, to: "a.txt").text("a.txt").contains("colour: *red*\n"))
    #expect(try write(payload, to: "a.html").text("a.html").contains("<dt>colour</dt>"))
    let host = try write(payload)
    #expect(host.text(Self.file) == "{\"text\":\"colour: *red*\\nrooms: hall, bath\\nsize: w: 2\"}\n")
    #expect(host.results[Self.file]?.meta?.text == #"{"made_by":"facts"}"#)
    #expect(try write(payload).text(Self.file) == host.text(Self.file), "the same bytes each time")
  }

  @Test func `facts fill a schema where they fit it, and are refused where they do not`() throws {
    let schema: JSONTree = ["type": "object", "required": ["n"], "properties": ["n": ["type": "integer"]]]
    let right: JSONTree = ["prompt": "p", "schema": schema, "facts": ["n": 3, "other": "x"]]
    #expect(try write(right).text(Self.file) == "{\"n\":3}\n")
    let wrong = try failure(["prompt": "p", "schema": schema, "facts": ["n": "three"]])
    #expect(wrong.errorClass == "no_facts" && !wrong.retryable && wrong.message.contains("Submit with --model"))
    let none = try failure(["prompt": "p"])
    #expect(none.errorClass == "no_facts" && none.message.contains("no 'facts' to write from"))
  }

  // MARK: Wrong

  private static let wrong: [(payload: JSONTree, path: String, words: String)] = [
    (["facts": [:]], "a.json", "the payload has no prompt"),
    (["prompt": "  "], "a.json", "the payload has no prompt"),
    (["prompt": "p", "promt": "q"], "a.json", "'promt' that nobody knows"),
    (["prompt": "p", "facts": "x"], "a.json", "'facts' is no object"),
    (["prompt": "p", "schema": ["type": "object"]], "a.md", "a schema is for a file that ends with .json"),
    (["prompt": "p", "schema": ["type": "thing"]], "a.json", "the schema: "),
    (["prompt": "p", "max_tokens": 0], "a.json", "'max_tokens' is no whole number from 1 to 64000"),
    (["prompt": "p", "credits": 1], "a.json", "the payload has a member 'credits' that nobody knows"),
    (["prompt": "p"], "a.docx", "'a.docx' has no ending that op text writes"),
  ]

  @Test(arguments: wrong)
  func `what a payload gets wrong is told in two lines`(_ payload: JSONTree, _ path: String, _ words: String) throws {
    let failure = try failure(payload, to: path, model: Self.saying("x"))
    #expect(failure.errorClass == "bad_payload" && !failure.retryable)
    #expect(failure.message.contains(words) && failure.message.split(separator: "\n").count == 2, "\(failure.message)")
  }

  @Test func `a file that is there already is not asked for again`() throws {
    let host = FakeHost([])
    host.model = { _ in throw PluginFailure("test", "asked") }
    var generator = DocsGenerator()
    let task = GenerationTask(
      job: 1, key: "t", op: "text", payload: JSONText(["prompt": "p"] as JSONTree), outputs: [Self.file],
      done: [Self.file])
    try host.run(task, &generator)
  }
}
