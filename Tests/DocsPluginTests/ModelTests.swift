import Digest
import Foundation
import JSON
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// Sites with what a model has written.
struct ModelTests {
  // MARK: Without

  /// The bytes of the sample's site as they were before models were asked: path and hash of each file, hashed.
  private static let siteWithoutModel =
    "a687de2a03fa913950dc142a2adc0932081430eef7d0333a2f9cc8fcc2efe951"

  @Test func `without a model nothing is asked, and every byte is as it was before models were asked`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    #expect(host.asked.isEmpty)
    var hasher = SHA256()
    for (path, stored) in host.results.sorted(by: { $0.key < $1.key }) {
      hasher.update(Array("\(path)\n\(SHA256Digest(of: stored.bytes).hex)\n\(stored.meta?.text ?? "")\n".utf8))
    }
    #expect(
      hasher.finish().hex == Self.siteWithoutModel, "the pages have changed: record the hash anew if they were to")
    for page in host.pages { #expect(host.text(page).contains("No model was used"), "\(page)") }
  }

  @Test func `the tasks are the same whether a model is at hand or not, and cover what it is asked`() throws {
    let without = try FakeHost.site(of: Corpus.sample())
    let with = try FakeHost.site(of: Corpus.sample(), model: ScriptedModel.honest)
    #expect(without.spawned == with.spawned)
    var files = InputFiles()
    let site = try files.site(without.inputs().filter { $0.task == nil }, without)
    let writer = PageWriter(site, children: .none, version: DocsGenerator().version)
    let task = try #require(without.spawned.first { $0.key == "process/order/order" || $0.key.hasPrefix("process/") })
    let entry = try #require(site.pages.entry(path: PagePayload(task.payload).path))
    let page = writer.write(entry.id)
    let question = try #require(writer.question(about: entry.id))
    let parts = Array(page.html.utf8) + page.summary.json.bytes + Array(question.hash.utf8)
    #expect(try PagePayload(task.payload).digest == SHA256Digest(of: parts).hex)
  }

  // MARK: With

  @Test func `each node, process and file is asked about once, and its page has the answer with where it is from`()
    throws
  {
    let host = try FakeHost.site(of: Corpus.sample(), model: ScriptedModel.honest)
    let pages = host.spawned.filter { $0.op == "page" }
    #expect(host.asked.map(\.task) == pages.map(\.key))
    #expect(faults(of: host) == [])
    for (task, asked) in zip(pages, host.asked) {
      let page = host.text(try #require(task.outputs.first))
      let title = try #require(try ScriptedModel.facts(in: asked.question)["title"] as? String)
      for part in ["summary", "purpose", "rule 0", "rule 1"] {
        #expect(page.contains(escaped("About \(title): \(part)")), "\(task.key) lacks \(part)")
      }
      for id in ["summary", "purpose", "business-rules", "acceptance-criteria"] {
        #expect(
          page.contains("<section id=\"\(id)\" aria-labelledby=\"\(id)-title\" class=\"generated\">"), "\(task.key)")
      }
      #expect(page.contains("<meta name=\"generated-by\" content=\"test/model-1\"/>"), "\(task.key)")
      let hash = try #require(page.firstMatch(of: /<meta name="prompt-sha256" content="([0-9a-f]{64})"\/>/)?.1)
      #expect(page.components(separatedBy: hash).count == 3, "in the head, and for people")
      #expect(!page.contains("No model was used"), "\(task.key)")
    }
    #expect(host.text("assets/style.css").contains(".badge.generated"))
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
      "'", with: "&#39;"
    )
    .replacing("\"", with: "&quot;")
  }

  @Test func `a parent is told what the model has said about its children, and its page's meta tells its own parents`()
    throws
  {
    let host = try FakeHost.site(of: Corpus.sample(), model: ScriptedModel.honest)
    for (task, question) in host.asked where task.hasPrefix("process/") {
      let parts = try #require(try ScriptedModel.facts(in: question)["parts"] as? [[String: Any]])
      #expect(!parts.isEmpty)
      for part in parts {
        let title = try #require(part["title"] as? String)
        #expect(part["summary"] as? String == "About \(title): summary", "\(task)")
      }
    }
    let meta = try #require(host.results["order/collect-payment.html"]?.meta?.raw.value)
    #expect(meta["said"]?["text"]?.string == "About Collect payment: summary")
    #expect(meta["said"]?["by"]?.string == "test/model-1")
    let file = try #require(host.asked.first { $0.task.hasPrefix("file/") })
    #expect(ScriptedModel.text(of: file.question, .user).contains("Write about the whole"))
  }

  @Test func `a parent of children without a model is told what the structure says about them`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    host.model = ScriptedModel.honest
    let task = try #require(host.spawned.first { $0.key.hasPrefix("process/payment") })
    var generator = DocsGenerator()
    try host.run(task, &generator)
    let question = try #require(host.asked.last?.question)
    let parts = try #require(try ScriptedModel.facts(in: question)["parts"] as? [[String: Any]])
    #expect(parts.allSatisfy { ($0["summary"] as? String)?.hasPrefix("About") == false })
  }

  @Test func `the start page shows what was said about each file`() throws {
    let host = try FakeHost.site(of: Corpus.sample(), model: ScriptedModel.honest)
    let index = host.text("index.html")
    #expect(index.contains("<section id=\"overview\" aria-labelledby=\"overview-title\" class=\"generated\">"))
    #expect(index.contains("About order.bpmn: summary") && index.contains("About payment.bpmn: summary"))
    #expect(index.contains("<code>test/model-1</code>") && !index.contains("No model was used"))
    #expect(host.text("glossary.html").contains("No model was used"))
  }

  @Test func `the same answers give the same bytes, whether one process writes all pages or each its own`() throws {
    let one = try FakeHost.site(of: Corpus.sample(), model: ScriptedModel.honest)
    let fresh = try FakeHost.site(of: Corpus.sample(), inFreshProcesses: true, model: ScriptedModel.honest)
    #expect(one.results == fresh.results)
    #expect(one.asked.map(\.question) == fresh.asked.map(\.question))
  }

  @Test func `a page that is there is not asked about again`() throws {
    let host = try FakeHost.site(of: Corpus.sample(), model: ScriptedModel.honest)
    let count = host.asked.count
    let task = try #require(host.spawned.first)
    var generator = DocsGenerator()
    try host.run(task, &generator, done: task.outputs)
    #expect(host.asked.count == count)
  }

  // MARK: Failures

  @Test(arguments: ["budget", "rate_limited", "no_model", "model_refused", "network"])
  func `a failure of the model passes through, and nothing is put`(_ name: String) throws {
    let failure = PluginFailure(name, "why", retryable: name == "rate_limited", retryAfterMs: 7)
    let host = FakeHost(try Corpus.sample())
    host.model = { _ in throw failure }
    var generator = DocsGenerator()
    try host.plan(&generator)
    let task = try #require(host.spawned.first)
    let thrown = #expect(throws: PluginFailure.self) { try host.run(task, &generator) }
    #expect(thrown == failure)
    #expect(host.results.isEmpty)
  }

  @Test(arguments: [
    "{}", #"{"summary":"","purpose":"p","business_rules":[],"acceptance_criteria":[]}"#,
    #"{"summary":"s","purpose":"p","business_rules":"none","acceptance_criteria":[]}"#,
    #"{"summary":"s","purpose":"p","business_rules":[],"acceptance_criteria":[],"html":"<script>"}"#,
  ])
  func `an answer that does not fit the schema is none, also when the host lets it through`(_ value: String) throws {
    let host = FakeHost(try Corpus.sample())
    host.model = { _ in ModelAnswer(model: "test/model-1", value: try JSONText(value)) }
    var generator = DocsGenerator()
    try host.plan(&generator)
    let task = try #require(host.spawned.first)
    let thrown = #expect(throws: PluginFailure.self) { try host.run(task, &generator) }
    #expect(thrown?.errorClass == "bad_answer" && thrown?.retryable == true)
    #expect(host.results.isEmpty)
  }

  // MARK: Bounds

  @Test func `the facts of a large process fit a prompt, cut in the same way each time, with a note`() throws {
    let tasks = (0..<900).map { "<task id=\"t\($0)\" name=\"Step \($0) \(String(repeating: "näme ", count: 30))\"/>" }
    let text = """
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="P">
      <documentation>\(String(repeating: "`long` \u{1F600} ", count: 20_000))</documentation>\(tasks.joined())</process></definitions>
      """
    var files = InputFiles()
    let host = FakeHost([("m.bpmn", Array(text.utf8))])
    let site = try files.site(host.inputs(), host)
    let writer = PageWriter(site, children: .none, version: "1")
    let pages = site.pages.entries.map(\.id).filter {
      if case .node = $0 { false } else { $0 != .index && $0 != .glossary }
    }
    for page in pages {
      let question = try #require(writer.question(about: page))
      #expect(question == writer.question(about: page))
      let facts = try ScriptedModel.facts(in: question.question)
      #expect(ScriptedModel.text(of: question.question, .user).utf8.count < Limits.factsBytesMax + 4_096)
      if case .process = page {
        #expect((facts["note"] as? String)?.hasPrefix("This is not everything") == true)
        #expect(((facts["parts"] as? [Any])?.count ?? 0) > 20)
      }
    }
  }

  @Test func `whatever the facts are, they are bounded`() {
    var facts = Facts()
    for index in 0..<500 { facts.add("member \(index)", String(repeating: "\u{1}", count: 10_000)) }
    #expect(DataBlock.line(facts.bounded).utf8.count <= Limits.factsBytesMax)
  }
}
