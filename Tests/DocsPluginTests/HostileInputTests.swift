import PluginSupport
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// Files that are made to break pages, or out of them.
struct HostileInputTests {
  private func model(_ body: String, definitions: String = "") -> [(name: String, bytes: [UInt8])] {
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
      \(definitions)
      <process id="p">\(body)</process>
      </definitions>
      """
    return [("hostile.bpmn", Array(text.utf8))]
  }

  private func xml(_ text: String) -> String {
    text.map { "<>&\"'".contains($0) ? "&#\($0.unicodeScalars.first?.value ?? 0);" : String($0) }.joined()
  }

  @Test(arguments: [
    "\"><script>alert(1)</script>", "</title></script><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "javascript:alert(1)", "<!-- --><style>*{display:none}</style>", "]]><svg onload=alert(1)>",
    "&lt;b&gt; &amp; &#x3c;",
    "a\u{202E}txt.exe", "\u{2066}isolate\u{2069}", "\u{7F}\u{9F}controls", "مرحبا بالعالم", "line\u{2028}break",
    "../../etc/passwd", "C:\\CON", "con", "index", "INDEX", "%2e%2e%2f", "?a=b#c", ".hidden", "..", "e\u{301}",
  ])
  func `a name, id or text of any kind stays text, in a site without faults`(_ text: String) throws {
    let quoted = xml(text)
    let host = try FakeHost.site(
      of: model(
        """
        <documentation>\(quoted)</documentation>
        <startEvent id="\(quoted)" name="\(quoted)"><outgoing>\(quoted)f</outgoing></startEvent>
        <userTask id="t" name="\(quoted)" camunda:assignee="\(quoted)">
          <documentation>\(quoted)</documentation><documentation textFormat="text/html">\(quoted)</documentation>
          <extensionElements><camunda:x y="\(quoted)">\(quoted)</camunda:x></extensionElements>
        </userTask>
        <sequenceFlow id="\(quoted)f" name="\(quoted)" sourceRef="\(quoted)" targetRef="t">
          <conditionExpression>\(quoted)</conditionExpression></sequenceFlow>
        <textAnnotation id="a"><text>\(quoted)</text></textAnnotation><association sourceRef="t" targetRef="a"/>
        """))
    #expect(faults(of: host) == [])
    for path in host.pages {
      let page = CrawledPage(host.text(path))
      #expect(page.elements["script"] == 1, "\(path)")
      #expect(page.elements["img"] == nil && page.elements["iframe"] == nil, "\(path)")
      #expect(!host.text(path).unicodeScalars.contains { (0x202A...0x202E).contains($0.value) }, "\(path)")
    }
    #expect(Set(host.results.keys.map { $0.lowercased() }).count == host.results.count)
    for path in host.results.keys {
      #expect(path.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 }, "\(path)")
      #expect(!path.split(separator: "/").contains { $0.hasPrefix(".") || $0.utf8.count > 120 }, "\(path)")
    }
  }

  @Test func `ids that differ only in case, accents or signs get pages that differ on every file system`() throws {
    let ids = [
      "Task", "task", "TASK", "Täsk", "Taesk", "Tásk", "Task.", "Task ", "ta-sk", "ta sk", "ta/sk", "con.x", "CON",
      "x.y", "x..y", "日本", "中国",
    ]
    let body = ids.map { "<task id=\"\($0)\"/>" }.joined()
    let host = try FakeHost.site(of: model(body))
    #expect(host.spawned.count { $0.key.hasPrefix("node/") } == ids.count)
    #expect(Set(host.results.keys.map { $0.lowercased() }).count == host.results.count)
    #expect(faults(of: host) == [])
  }

  @Test func `a node keeps its page when another is put before it`() throws {
    let one = try FakeHost.site(of: model("<task id=\"ä b\"/>"))
    let two = try FakeHost.site(of: model("<task id=\"a-b\"/><task id=\"ä b\"/>"))
    let path = try #require(one.spawned.first { $0.key.hasPrefix("node/") }?.outputs.first)
    #expect(two.results[path] != nil)
  }

  @Test func `two files of the same name and ids do not touch each other`() throws {
    let file = model("<task id=\"t\"/>")[0].bytes
    let host = try FakeHost.site(of: [("a/same.bpmn", file), ("b/same.bpmn", file), ("b/SAME.xml", file)])
    #expect(host.spawned.count { $0.key.hasPrefix("node/") } == 3)
    #expect(Set(host.results.keys.map { $0.lowercased() }).count == host.results.count)
    #expect(faults(of: host) == [])
  }

  @Test func `a name of ten thousand letters stands once in full and short everywhere else`() throws {
    let name = String(repeating: "long ", count: 2_000)
    let host = try FakeHost.site(of: model("<task id=\"t\" name=\"\(name)\"/><task id=\"u\"/>"))
    #expect(faults(of: host) == [])
    #expect(host.spawned.allSatisfy { ($0.title ?? "").utf8.count <= 1024 })
    #expect(host.text("hostile/u.html").utf8.count < 20_000)
    #expect(host.text("hostile/t.html").contains("The whole name"))
  }

  @Test func `links in documentation lead to web pages and mailboxes only`() throws {
    let text = """
      <p>See <a href="https://example.org/a?b=1&c=2">one</a>, <a href="javascript:alert(1)">two</a>,
      <a href=' JaVaScRiPt:alert(1)'>three</a>, <a href="data:text/html,x">four</a>, <a href="mailto:a@b.c">five</a>,
      <a href="//example.org">six</a></p>
      """
    let host = try FakeHost.site(
      of: model("<task id=\"t\"><documentation textFormat=\"text/html\">\(xml(text))</documentation></task>"))
    let page = CrawledPage(host.text("hostile/t.html"))
    #expect(page.foreign == ["https://example.org/a?b=1&c=2", "mailto:a@b.c"])
    #expect(page.links.allSatisfy { !$0.lowercased().contains("script") })
    #expect(page.text.contains("two") && page.text.contains("six"))
    #expect(faults(of: host) == [])
  }

  @Test func `processes that call each other in a circle get pages that do not wait for each other, and say so`() throws
  {
    func file(_ id: String, calls: String) -> (name: String, bytes: [UInt8]) {
      let text = """
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="\(id)">
        <callActivity id="c" calledElement="\(calls)"/><callActivity id="self" calledElement="\(id)"/>
        </process></definitions>
        """
      return ("\(id).bpmn", Array(text.utf8))
    }
    let host = try FakeHost.site(of: [file("a", calls: "b"), file("b", calls: "c"), file("c", calls: "a")])
    #expect(faults(of: host) == [])
    let cut = host.pages.filter { host.text($0).contains("leads back to this one") }
    #expect(cut.count == 4)
  }

  @Test func `sub-processes in sub-processes, a hundred deep, are planned and written`() throws {
    let depth = 100
    let body =
      (0..<depth).map { "<subProcess id=\"s\($0)\">" }.joined() + "<task id=\"t\"/>"
      + String(repeating: "</subProcess>", count: depth)
    let host = try FakeHost.site(of: model(body))
    #expect(host.spawned.count { $0.key.hasPrefix("node/") } == depth + 1)
    #expect(faults(of: host).isEmpty)
  }
}
