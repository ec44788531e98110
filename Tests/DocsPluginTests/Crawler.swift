import Foundation
import FoundationXML
import PluginSupport

/// One page as a browser would find it: anchors, links, and what it loads. The pages are well-formed XML, so a parser that
/// knows nothing of the writer can read them; a fault in the mark-up is an error of that parser.
final class CrawledPage: NSObject, XMLParserDelegate {
  private(set) var ids: [String] = []
  private(set) var links: [String] = []
  /// What the browser would fetch or run.
  private(set) var loads: [String] = []
  private(set) var elements: [String: Int] = [:]
  private(set) var eventHandlers: [String] = []
  private(set) var text = ""
  private(set) var error: String?
  /// `foreign` links, which lead out of the site.
  private(set) var foreign: [String] = []

  init(_ html: String) {
    super.init()
    // The parser is not to look at the doctype of HTML.
    let parser = XMLParser(data: Data(html.replacing("<!DOCTYPE html>", with: "", maxReplacements: 1).utf8))
    parser.delegate = self
    if !parser.parse() || parser.parserError != nil {
      error = "\(parser.lineNumber):\(parser.columnNumber): \(parser.parserError.map(String.init(describing:)) ?? "")"
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    if let id = attributes["id"] { ids.append(id) }
    eventHandlers += attributes.keys.filter { $0.lowercased().hasPrefix("on") }
    for (key, value) in attributes where key == "href" || key == "xlink:href" || key == "src" {
      if name == "a" {
        if attributes["class"] == "foreign" { foreign.append(value) } else { links.append(value) }
      } else if name != "use" || !value.hasPrefix("#") {
        loads.append(value)
      }
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

/// What is wrong with a site; empty when nothing is.
func faults(of host: FakeHost) -> [String] {
  let pages = Dictionary(uniqueKeysWithValues: host.pages.map { ($0, CrawledPage(host.text($0))) })
  return pages.sorted { $0.key < $1.key }.flatMap { path, page -> [String] in
    var faults: [String] = []
    if let error = page.error { faults.append("not well-formed: \(error)") }
    if Set(page.ids).count != page.ids.count { faults.append("an id twice: \(duplicates(page.ids))") }
    if !page.eventHandlers.isEmpty { faults.append("event handlers: \(page.eventHandlers)") }
    for link in page.links where target(of: link, from: path, pages, host) == nil { faults.append("broken: \(link)") }
    for load in page.loads where !load.hasPrefix("data:image/svg+xml,") {
      let file = resolved(load.split(separator: "#").first.map(String.init) ?? "", from: path)
      if host.results[file] == nil { faults.append("loads \(load)") }
    }
    for link in page.foreign where !["http://", "https://", "mailto:"].contains(where: link.hasPrefix) {
      faults.append("leads to \(link)")
    }
    return faults.map { "\(path): \($0)" }
  }
}

private func duplicates(_ ids: [String]) -> [String] {
  Dictionary(grouping: ids, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
}

/// The page that a link leads to, when it and the anchor are there.
private func target(of link: String, from path: String, _ pages: [String: CrawledPage], _ host: FakeHost) -> String? {
  let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
  guard !link.contains(":"), !link.hasPrefix("/") else { return nil }
  let file = parts[0].isEmpty ? path : resolved(parts[0].removingPercentEncoding ?? "", from: path)
  guard host.results[file] != nil else { return nil }
  guard parts.count == 2 else { return file }
  return pages[file]?.ids.contains(parts[1].removingPercentEncoding ?? "") == true ? file : nil
}

private func resolved(_ link: String, from path: String) -> String {
  var components = path.split(separator: "/").dropLast().map(String.init)
  for component in link.split(separator: "/").map(String.init) {
    if component == ".." { if components.popLast() == nil { return "outside" } } else { components.append(component) }
  }
  return components.joined(separator: "/")
}
