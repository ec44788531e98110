import Foundation
import PluginSupport
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// Whole sites, looked at by a crawler.
struct SiteTests {
  @Test func `every public model becomes a site without a broken link in which each flow node has its page`() throws {
    for (name, expected) in try Corpus.expected().sorted(by: { $0.key < $1.key }) where !name.hasPrefix("malformed/") {
      let host = try FakeHost.site(of: [(name, Corpus.bytes(name))])
      let faults = faults(of: host)
      #expect(faults.isEmpty, "\(name): \(faults.prefix(5))")
      #expect(host.spawned.count { $0.key.hasPrefix("node/") } == expected.flowNodes, "\(name)")
      #expect(host.spawned.count { $0.key.hasPrefix("process/") } == expected.processes.count, "\(name)")
      for output in host.spawned.flatMap(\.outputs) { #expect(host.results[output] != nil, "\(name) \(output)") }
      #expect(host.results.count == host.spawned.reduce(0) { $0 + $1.outputs.count }, "\(name)")
    }
  }

  @Test func `all public models together become one site, too`() throws {
    let names = try Corpus.expected().keys.filter { !$0.hasPrefix("malformed/") }.sorted()
    guard !names.isEmpty else { return }
    let host = try FakeHost.site(of: names.map { ($0, try Corpus.bytes($0)) })
    #expect(faults(of: host).prefix(5) == [])
    #expect(Set(host.results.keys.map { $0.lowercased() }).count == host.results.count)
  }

  @Test func `the same input gives the same bytes, whether one process writes all pages or each its own`() throws {
    let files = try Corpus.sample()
    let one = try FakeHost.site(of: files)
    let other = try FakeHost.site(of: files)
    let fresh = try FakeHost.site(of: files, inFreshProcesses: true)
    #expect(one.results == other.results)
    #expect(one.results == fresh.results)
    #expect(one.spawned == fresh.spawned)
  }

  @Test func `the call chain of three public files is resolved over the files`() throws {
    let names = try Corpus.expected().keys.filter { $0.hasPrefix("miwg-C9-insurance/") }.sorted()
    guard !names.isEmpty else { return }
    let host = try FakeHost.site(of: names.map { ($0, try Corpus.bytes($0)) })
    #expect(faults(of: host) == [])
    let callers = host.pages.filter { host.text($0).contains("id=\"callers\"") }
    #expect(callers.count == 2)
  }

  @Test func `the search knows roles, ids and what is written about a step`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    let index = host.text("index.html")
    #expect(index.contains("<li data-words=\"reject-order Sales Tells the customer the reason"))
  }

  @Test func `a process counts the same steps on its own page as on the cards that lead to it`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    let card = try #require(host.text("index.html").firstMatch(of: /(\d+) nodes, (\d+) steps/))
    let page = try #require(host.pages.first { host.text($0).contains("It has \(card.2) steps") })
    #expect(page.hasPrefix("order/"))
  }

  @Test func `a page is written in one kind of quotes, and a question is not followed by a full stop`() throws {
    let model = """
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="P"><startEvent id="s"/>
      <task id="t" name="Do it"/><exclusiveGateway id="g" name="Express?"/><endEvent id="e"/>
      <sequenceFlow id="f1" sourceRef="s" targetRef="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="g"/>
      <sequenceFlow id="f3" sourceRef="g" targetRef="e"/></process></definitions>
      """
    let host = try FakeHost.site(of: [("m.bpmn", Array(model.utf8))])
    let task = host.text("m/t.html")
    #expect(task.contains("Then comes") && !task.contains("Express?</bdi></a>."))
    #expect(host.text("m/p.html").contains("before ‘Express?’."))
    for page in host.pages { #expect(!host.text(page).contains("'Do it'"), "\(page)") }
    #expect(host.text("m/p.html").contains("after ‘Do it’") || host.text("m/p.html").contains("after ‘Express?’"))
    #expect(!host.text("index.html").contains("Made with"))
  }

  @Test func `a page that lists fewer nodes than it counts says where the others are`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    let pages = host.pages.filter { host.text($0).contains("more in sub-processes, on the pages of those") }
    #expect(!pages.isEmpty)
    for page in pages {
      let text = host.text(page)
      let (listed, inner) = try #require(
        text.firstMatch(of: /(\d+) nodes, in flow order; (\d+) more/).map { (Int($0.1) ?? 0, Int($0.2) ?? 0) })
      if let count = text.firstMatch(of: /<dt>Nodes<\/dt><dd>(\d+)/) { #expect(Int(count.1) == listed + inner) }
    }
  }

  @Test func `a property of a name and a value is one row`() throws {
    let model = """
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:c="http://camunda.org/schema/1.0/bpmn" exporter="Ed" \
      exporterVersion="1"><process id="p"><task id="t"><extensionElements><c:properties><c:property name="owner" value="Ann"/>
      <c:header key="k" value="v"/><c:other name="n" value="v" more="m"/></c:properties></extensionElements></task></process>
      </definitions>
      """
    let host = try FakeHost.site(of: [("m.bpmn", Array(model.utf8))])
    let page = host.text("m/t.html")
    for row in ["property › owner", "header › k", "other › name", "other › value"] {
      #expect(page.contains(row), "\(row)")
    }
    #expect(!page.contains("property › name") && !page.contains("header › value"))
    #expect(host.text("index.html").contains("Made with"))
  }

  @Test func `children are spawned before their parents, and the index last`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    var seen: Set<String> = []
    for task in host.spawned {
      #expect(task.needs.allSatisfy(seen.contains), "\(task.key)")
      #expect(seen.insert(task.key).inserted, "\(task.key) twice")
    }
    #expect(host.spawned.last?.key == "index")
    #expect(host.spawned.last?.outputs == ["index.html", "glossary.html", "assets/style.css", "assets/site.js"])
  }

  @Test func `a call activity waits for the process that it calls, and quotes its summary`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    let call = host.spawned.first { $0.key == "node/order/collect-payment" }
    #expect(call?.needs == ["process/payment/payment-collection"])
    let page = host.text("order/collect-payment.html")
    #expect(page.contains("href=\"../payment/payment-collection.html\""))
    #expect(page.contains("Collects the amount of one invoice, by card or by bank transfer."))
  }

  @Test func `a changed name changes the tasks of the pages that show it, and no other`() throws {
    var files = try Corpus.sample()
    let before = try FakeHost.site(of: files)
    let text = String(decoding: files[1].bytes, as: UTF8.self)
    files[1].bytes = Array(text.replacing("name=\"Charge card\"", with: "name=\"Charge the card\"").utf8)
    let after = try FakeHost.site(of: files)
    let changed = zip(before.spawned, after.spawned).filter { $0.payload != $1.payload }.map { $0.0.key }
    #expect(changed.contains("node/payment/charge-card"))
    #expect(changed.contains("process/payment/payment-collection"))
    #expect(!changed.contains("node/payment/send-details"))
    #expect(changed.allSatisfy { $0.hasPrefix("node/payment/") || !$0.hasPrefix("node/") }, "\(changed)")
    #expect(changed.count < before.spawned.count / 4, "\(changed)")
  }

  @Test func `an index that was half written is finished without its files being written again`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    let again = FakeHost(host.inputFiles)
    var generator = DocsGenerator()
    let index = try #require(host.spawned.last)
    try again.run(index, &generator, done: ["assets/style.css", "glossary.html"])
    #expect(again.results.keys.sorted() == ["assets/site.js", "index.html"])
  }

  @Test func `nothing in a site tells the time or the place where it was made`() throws {
    let host = try FakeHost.site(of: Corpus.sample())
    let words = [
      "/tmp/", "/home/", FileManager.default.currentDirectoryPath,
      String(Calendar(identifier: .gregorian).component(.year, from: Date())) + "-",
    ]
    for page in host.pages {
      for word in words { #expect(!host.text(page).contains(word), "\(page): \(word)") }
    }
  }
}
