import BPMN
import HTML

/// A page, and what its parents say about it.
struct WrittenPage: Sendable {
  let html: String
  let summary: PageSummary
}

/// Writes the pages of a site. What a page holds depends on the files and on the summaries of its children, and on
/// nothing else: no clock, no order of work.
struct PageWriter {
  private let site: Site
  private let children: ChildSummaries
  private let version: String

  init(_ site: Site, children: ChildSummaries, version: String) {
    self.site = site
    self.children = children
    self.version = version
  }

  func write(_ page: PageID) -> WrittenPage {
    let context = PageContext(site: site, page: page, children: children, version: version)
    return switch page {
    case .node(let node): NodePage(context, node).write()
    case .process(let process): ProcessPage(context, process).write()
    case .file(let document): FilePage(context, document).write()
    case .index: IndexPage(context).write()
    case .glossary: GlossaryPage(context).write()
    }
  }
}

/// Where a page stands; what its parts need to write links.
struct PageContext: Sendable {
  let site: Site
  let page: PageID
  let children: ChildSummaries
  let version: String

  var path: String { site.pages[page].path }

  func address(of target: PageID, fragment: String? = nil) -> Address {
    address(ofPath: site.pages[target].path, fragment: fragment)
  }

  /// Of any file of the site.
  func address(ofPath target: String, fragment: String? = nil) -> Address {
    if target == path, let fragment { return Address(path: "", fragment: fragment) }
    return Address(path: site.pages.relativePath(from: path, to: target), fragment: fragment)
  }

  func title(of target: PageID) -> String { site.titles.title(of: target) }

  /// What the child's page says of itself; nil when the child is not there (or is being planned).
  func summary(of child: PageID) -> PageSummary? { children[site.pages[child].path] }
}
