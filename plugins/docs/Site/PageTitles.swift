import BPMN
import ProcessFiles

extension ElementTitles {
  /// The title of a page.
  func title(of page: PageID) -> String {
    switch page {
    case .node(let node): title(of: node)
    case .process(let process): title(of: process)
    case .file(let document): title(ofFile: document)
    case .index: "Process documentation"
    case .glossary: "Glossary"
    }
  }
}
