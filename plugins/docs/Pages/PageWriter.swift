import BPMN
import HTML
import ProcessFiles

/// A page, and what its parents say about it.
struct WrittenPage: Sendable {
  let html: String
  var summary: PageSummary
}

/// Writes the pages of a site. What a page holds depends on the files, on the summaries of its children and on what a
/// model has written about it, and on nothing else: no clock, no order of work.
struct PageWriter {
  private let site: Site
  private let children: ChildSummaries
  private let version: String

  init(_ site: Site, children: ChildSummaries, version: String) {
    self.site = site
    self.children = children
    self.version = version
  }

  /// What a model is asked about a page; nil when none is.
  func question(about page: PageID) -> PageQuestion? { PageQuestion(context(of: page, nil)) }

  /// Whether the start page shows what a model has written.
  var usesModel: Bool { !context(of: .index, nil).models.isEmpty }

  /// - Parameter text: what a model has written about the page; nil when no model is at hand.
  func write(_ page: PageID, with text: GeneratedText? = nil) -> WrittenPage {
    var written = written(page, context(of: page, text))
    written.summary.said = text.map { PageSummary.Said(text: $0.summary, by: $0.model) }
    return written
  }

  private func context(of page: PageID, _ text: GeneratedText?) -> PageContext {
    PageContext(site: site, page: page, children: children, version: version, generated: text)
  }

  private func written(_ page: PageID, _ context: PageContext) -> WrittenPage {
    switch page {
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
  /// What a model has written about the page.
  let generated: GeneratedText?

  /// The models that have written something on the page: of the index those whose summaries it shows.
  var models: [String] {
    guard page == .index else { return [generated?.model].compactMap(\.self) }
    return uniqued(site.children(of: .index).compactMap { summary(of: $0)?.said?.by })
  }

  /// Of the sentences that follow from the structure. Where a language model has written something, "model" could mean
  /// both.
  var structureTitle: String { generated == nil ? "From the model" : "From the structure" }

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
