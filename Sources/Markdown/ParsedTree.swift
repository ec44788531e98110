import CCMarkGFM
import Synchronization

/// The tree that the library has made of a text.
enum ParsedTree {
  /// The library keeps which characters begin something in tables for all parsers together, and changes them while an
  /// extension is at work. So one text is parsed at a time.
  private static let parsing = Mutex(())

  /// Registers the extensions, once for the process.
  private static let extensions: Void = cmark_gfm_core_extensions_ensure_registered()

  /// Parses a text, hands the root of its tree to `body`, and frees the tree. No node may leave `body`.
  ///
  /// - Returns: nil only when there is no memory.
  static func withRoot<Result>(of text: String, withTables: Bool, _ body: (TreeNode) -> Result) -> Result? {
    guard let root = parse(text, withTables: withTables) else { return nil }
    defer { root.free() }
    return body(root)
  }

  private static func parse(_ text: String, withTables: Bool) -> TreeNode? {
    parsing.withLock { _ in
      _ = extensions
      guard let parser = unsafe cmark_parser_new(CMARK_OPT_DEFAULT) else { return nil }
      // Not used after: the tree outlives its parser (`cmark_parser_finish` hands it over).
      defer { unsafe cmark_parser_free(parser) }
      for name in ["strikethrough"] + (withTables ? ["table"] : []) {
        // Registered above; a library without it reads its marks as text.
        guard let found = unsafe cmark_find_syntax_extension(name) else { continue }
        unsafe cmark_parser_attach_syntax_extension(parser, found)
      }
      var text = text
      // The bytes are read during the call only: the parser copies what it keeps.
      text.withUTF8 { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe UnsafeRawPointer(start).withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          unsafe cmark_parser_feed(parser, $0, bytes.count)
        }
      }
      return unsafe cmark_parser_finish(parser).map { unsafe TreeNode($0) }
    }
  }
}

/// One node of a tree.
///
/// The pointer is good as long as the tree is, and only `ParsedTree.withRoot` gives nodes away: to a function during
/// which the tree is not freed. The functions that are called read the node, or copy a string that belongs to it.
@safe struct TreeNode: Equatable {
  private let pointer: OpaquePointer

  fileprivate init(_ pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  static func == (left: TreeNode, right: TreeNode) -> Bool { unsafe left.pointer == right.pointer }

  /// Frees the node and all below it.
  fileprivate func free() { unsafe cmark_node_free(pointer) }

  /// The library's word for the kind of node, such as `block_quote`.
  var kind: String { unsafe String(cString: cmark_node_get_type_string(pointer)) }

  /// Of text, code and HTML.
  var literal: String { unsafe Self.copied(cmark_node_get_literal(pointer)) }

  /// Of a link.
  var address: String { unsafe Self.copied(cmark_node_get_url(pointer)) }

  /// Null for a node that has no such string.
  private static func copied(_ string: UnsafePointer<CChar>?) -> String {
    guard let string = unsafe string else { return "" }
    return unsafe String(cString: string)
  }

  var headingLevel: Int { unsafe Int(cmark_node_get_heading_level(pointer)) }

  /// Of an ordered list; nil for bullets.
  var listStart: Int? {
    guard unsafe cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST else { return nil }
    return unsafe Int(cmark_node_get_list_start(pointer))
  }

  var isTableHead: Bool { unsafe cmark_gfm_extensions_get_table_row_is_header(pointer) != 0 }

  var firstChild: TreeNode? { unsafe cmark_node_first_child(pointer).map { unsafe TreeNode($0) } }
  var next: TreeNode? { unsafe cmark_node_next(pointer).map { unsafe TreeNode($0) } }
  var parent: TreeNode? { unsafe cmark_node_parent(pointer).map { unsafe TreeNode($0) } }

  var children: [TreeNode] {
    var children: [TreeNode] = []
    var child = firstChild
    while let node = child {
      children.append(node)
      child = node.next
    }
    return children
  }
}
