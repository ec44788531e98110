import BPMN

/// What a page is about.
enum PageID: Hashable, Sendable {
  /// A flow node; of a sub-process the page tells what is inside, too.
  case node(NodeReference)
  case process(ProcessReference)
  /// A file, with the collaborations in it.
  case file(Int)
  case index
  /// Messages, errors, signals, roles and data of all files; written with the index.
  case glossary
}
