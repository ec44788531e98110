import BPMN
import Diagram
import ProcessFiles

/// Everything that the files of a job say, and where its pages lie. Derived from the files alone, so that every process
/// that reads them has the same.
struct Site: Sendable {
  let files: [SourceFile]
  let set: ProcessSet
  let pages: PageTable
  /// What pages call their elements.
  let titles: PageTitles
  /// By file.
  let findings: [[Finding]]
  /// Calls whose summary the caller's page goes without, since the called process leads back to it.
  let cutCalls: Set<NodeReference>
  /// One for each file; the layout of files without one is made once, here.
  let renderers: [DiagramRenderer]
  /// What is declared in the files and used by nodes.
  let glossary: Glossary

  /// - Parameter documents: the parsed files, in the order of `files`.
  init(files: [SourceFile], documents: [Document]) {
    self.files = files
    set = ProcessSet(documents)
    pages = PageTable(set)
    titles = PageTitles(set)
    findings = set.findings()
    cutCalls = CallCycles.cuts(in: set)
    renderers = documents.map { DiagramRenderer($0) }
    glossary = Glossary(set)
  }

  func document(of node: NodeReference) -> Document { set.documents[node.document] }

  /// The findings about one element of a file.
  func findings(about element: ElementReference, in document: Int) -> [Finding] {
    findings[document].filter { $0.element == element }
  }
}
