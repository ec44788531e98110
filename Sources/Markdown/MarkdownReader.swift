/// Copies what may be shown out of the library's tree.
///
/// Recursion goes as deep as `depth` allows; below that only words are taken, without recursion.
struct MarkdownReader {
  /// Bytes of addresses that may still be taken: references can name one long address very often.
  private var addressBytes: Int

  static func blocks(of text: String, inDepth depth: Int) -> [Block] {
    let hasTables = tableCells(of: text) <= Markdown.cellsMax
    let blocks = ParsedTree.withRoot(of: text, withTables: hasTables) { root in
      var reader = MarkdownReader(addressBytes: text.utf8.count)
      return reader.blocks(in: root, depth)
    }
    return blocks ?? [.paragraph([.text(text)])]
  }

  /// As many cells as the tables of a text can have. The library gives each row the cells of the head, however short it
  /// is: a text of 16 KiB could have millions.
  private static func tableCells(of text: String) -> Int {
    var (lines, bars, most) = (1, 0, 0)
    for byte in text.utf8 {
      if byte == UInt8(ascii: "|") { bars += 1 }
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { continue }
      (lines, most, bars) = (lines + 1, max(most, bars), 0)
    }
    return lines * (max(most, bars) + 1)
  }

  private init(addressBytes: Int) {
    self.addressBytes = addressBytes
  }

  // MARK: Blocks

  private mutating func blocks(in node: TreeNode, _ depth: Int) -> [Block] {
    var blocks: [Block] = []
    for child in node.children { if let block = block(child, depth) { blocks.append(block) } }
    return blocks
  }

  private mutating func block(_ node: TreeNode, _ depth: Int) -> Block? {
    switch node.kind {
    case "paragraph": return .paragraph(inlines(in: node, depth))
    case "heading": return .heading(level: node.headingLevel, inlines(in: node, depth))
    case "code_block": return .code(node.literal)
    case "html_block": return .paragraph([.text(node.literal)])
    case "thematic_break": return .line
    default: break
    }
    guard depth > 0 else { return .paragraph([.text(words(of: node))]) }
    switch node.kind {
    case "block_quote": return .quote(blocks(in: node, depth - 1))
    case "list":
      var items: [[Block]] = []
      for item in node.children { items.append(blocks(in: item, depth - 1)) }
      return .list(start: node.listStart, items: items)
    case "table": return table(node, depth - 1)
    default: return .paragraph([.text(words(of: node))])
    }
  }

  private mutating func table(_ node: TreeNode, _ depth: Int) -> Block {
    var head: [[Inline]] = []
    var rows: [[[Inline]]] = []
    for row in node.children {
      var cells: [[Inline]] = []
      for cell in row.children { cells.append(inlines(in: cell, depth)) }
      if row.isTableHead { head = cells } else { rows.append(cells) }
    }
    return .table(head: head, rows: rows)
  }

  // MARK: Inlines

  private mutating func inlines(in node: TreeNode, _ depth: Int) -> [Inline] {
    var inlines: [Inline] = []
    for child in node.children { inlines.append(inline(child, depth)) }
    return inlines
  }

  private mutating func inline(_ node: TreeNode, _ depth: Int) -> Inline {
    switch node.kind {
    case "text", "html_inline": return .text(node.literal)
    case "softbreak": return .text("\n")
    case "linebreak": return .lineBreak
    case "code": return .code(node.literal)
    default: break
    }
    guard depth > 0 else { return .text(words(of: node)) }
    switch node.kind {
    case "emph": return .emphasis(inlines(in: node, depth - 1))
    case "strong": return .strong(inlines(in: node, depth - 1))
    case "strikethrough": return .deleted(inlines(in: node, depth - 1))
    case "link": return link(node, depth - 1)
    // Of an image its alternative text.
    default: return .text(words(of: node))
    }
  }

  private mutating func link(_ node: TreeNode, _ depth: Int) -> Inline {
    let address = node.address
    guard address.utf8.count <= addressBytes else { return .text(words(of: node)) }
    addressBytes -= address.utf8.count
    return .link(address, inlines(in: node, depth))
  }

  // MARK: Words

  /// The words of everything below a node, in order, however deep it is.
  private func words(of root: TreeNode) -> String {
    var words = ""
    var next: TreeNode? = root
    while let node = next {
      words += Self.word(node)
      next = node.firstChild ?? following(node, below: root)
    }
    return words
  }

  private static func word(_ node: TreeNode) -> String {
    switch node.kind {
    case "text", "code", "html_inline", "code_block", "html_block": node.literal
    case "softbreak", "linebreak", "paragraph", "item", "table_cell": " "
    default: ""
    }
  }

  /// The node behind one and everything in it.
  private func following(_ node: TreeNode, below root: TreeNode) -> TreeNode? {
    var place: TreeNode? = node
    while let node = place, node != root {
      if let next = node.next { return next }
      place = node.parent
    }
    return nil
  }
}
