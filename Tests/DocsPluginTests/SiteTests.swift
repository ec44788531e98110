import Foundation
import PluginKit
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
