package import HTML

extension HTMLWriter {
  /// Writes a text of unknown origin: nothing of it becomes mark-up but what this function writes.
  ///
  /// The elements are `p h2…h6 strong em del code pre blockquote ul ol li table thead tbody tr th td hr br a`, and
  /// `div` around a table; the attributes `href rel class` of links, `start` of lists and `class` of that `div`.
  ///
  /// - Parameter level: of the heading that the text stands under. Its own headings begin below; where there is none any
  ///   more they are bold paragraphs.
  package mutating func markdown(_ text: Markdown, under level: Int) {
    blocks(text.blocks, level)
    if text.isCut { element(.p, text: "…") }
  }

  private mutating func blocks(_ blocks: [Block], _ level: Int) {
    for block in blocks { self.block(block, level) }
  }

  private mutating func block(_ block: Block, _ level: Int) {
    switch block {
    case .paragraph(let inlines): element(.p) { $0.inlines(inlines) }
    case .heading(let own, let inlines): heading(level + own, inlines)
    case .quote(let inner): element(.blockquote) { $0.blocks(inner, level) }
    case .list(let start, let items): list(start, items, level)
    case .code(let text): element(.pre) { $0.element(.code, text: text) }
    case .table(let head, let rows): table(head, rows)
    case .line: void(.hr)
    }
  }

  private mutating func heading(_ level: Int, _ inlines: [Inline]) {
    let tags: [Int: Tag] = [2: .h2, 3: .h3, 4: .h4, 5: .h5, 6: .h6]
    if let tag = tags[level] {
      element(tag) { $0.inlines(inlines) }
    } else {
      element(.p) { $0.element(.strong) { $0.inlines(inlines) } }
    }
  }

  private mutating func list(_ start: Int?, _ items: [[Block]], _ level: Int) {
    let numbering = start.flatMap { $0 == 1 ? nil : Attribute("start", String($0)) }
    element(start == nil ? .ul : .ol, [numbering].compactMap(\.self)) { list in
      for item in items { list.element(.li) { $0.item(item, level) } }
    }
  }

  /// An item of one paragraph is written without it.
  private mutating func item(_ blocks: [Block], _ level: Int) {
    if case .paragraph(let inlines)? = blocks.first {
      self.inlines(inlines)
      self.blocks(Array(blocks.dropFirst()), level)
    } else {
      self.blocks(blocks, level)
    }
  }

  private mutating func table(_ head: [[Inline]], _ rows: [[[Inline]]]) {
    element(.div, [.class("scroll")]) { box in
      box.element(.table) { table in
        table.element(.thead) { $0.row(.th, head) }
        table.element(.tbody) { body in
          for row in rows { body.row(.td, row) }
        }
      }
    }
  }

  private mutating func row(_ cell: Tag, _ cells: [[Inline]]) {
    element(.tr) { row in
      for inlines in cells { row.element(cell) { $0.inlines(inlines) } }
    }
  }

  private mutating func inlines(_ inlines: [Inline]) {
    for inline in inlines { self.inline(inline) }
  }

  private mutating func inline(_ inline: Inline) {
    switch inline {
    case .text(let text): self.text(text)
    case .code(let text): element(.code, text: text)
    case .emphasis(let inner): element(.em) { $0.inlines(inner) }
    case .strong(let inner): element(.strong) { $0.inlines(inner) }
    case .deleted(let inner): element(.del) { $0.inlines(inner) }
    case .link(let address, let inner): link(address, inner)
    case .lineBreak: void(.br)
    }
  }

  private mutating func link(_ written: String, _ inner: [Inline]) {
    guard let address = Address(foreign: written) else { return inlines(inner) }
    element(.a, [.href(address), Attribute("rel", "noopener noreferrer nofollow"), .class("foreign")]) {
      $0.inlines(inner)
    }
  }
}
