import BPMN
import ProcessFiles

/// What a page asks a document about a node beyond the model's own answers.
extension Document {
  /// The name of data as pages show it; of a reference without name that of what it stands for.
  func dataName(_ item: DataItem) -> String {
    let referent = item.referent.map { self[$0] }
    return shortened(item.plainName ?? referent?.plainName ?? "\(item.kind.words) \(item.key)")
  }

  /// Who does the work of a node: its innermost lane and performers, each once. A pool without lanes is a role, too; an
  /// expression is none, since it says only how the performer is found.
  func roles(of node: Handle<FlowNode>) -> [String] {
    let performers = (self[node].activity?.performers ?? []).compactMap { roleName($0.value) }
    let place = place(of: node)
    return uniqued(([place].compactMap(\.self) + performers).filter { !$0.isEmpty }.map { shortened($0) })
  }

  /// The lane, else the pool; not a pool that only repeats the name of its process, which says nothing about who.
  func place(of node: Handle<FlowNode>) -> String? {
    if let lane = lanePath(of: node).last?.plainName { return shortened(lane) }
    guard let pool = participant(of: node)?.plainName else { return nil }
    let process = self[self[node].process].plainName
    return process?.lowercased() == pool.lowercased() ? nil : shortened(pool)
  }

  /// Whether the text of an element is its first sentence and nothing more.
  func hasOnlySummary(_ element: ElementCommon) -> Bool {
    let texts = element.documentation.map { plainText($0) }.filter { !$0.isEmpty }
    return texts.count == 1 && texts.first == writtenSummary(of: element)
  }

  /// The first sentence that a person wrote about an element, as one line.
  func writtenSummary(of element: ElementCommon) -> String? {
    guard let text = element.documentation.lazy.map({ plainText($0) }).first(where: { !$0.isEmpty }) else { return nil }
    return shortened(firstSentence(of: text), to: Limits.summaryCharactersMax)
  }
}

/// The name in `group(sales)` and `user(kermit)`, a plain name as it is; nil for an expression.
func roleName(_ written: String) -> String? {
  let text = collapsingWhitespace(written)
  if text.hasPrefix("=") || text.contains("${") || text.contains("#{") { return nil }
  for function in ["group(", "user("] where text.hasPrefix(function) && text.hasSuffix(")") {
    return String(text.dropFirst(function.count).dropLast())
  }
  return text
}

/// Each element once, in the order of first appearance.
func uniqued<Element: Hashable>(_ elements: some Sequence<Element>) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}

/// Up to the first full stop, question or exclamation mark before a space; else everything.
func firstSentence(of text: String) -> String {
  var previous: Character = " "
  var beforePrevious: Character = " "
  for index in text.indices {
    let character = text[index]
    // "z.B. x" or "e.g. x": a single letter before the stop ends no sentence.
    if character == " ", ".!?".contains(previous), !(beforePrevious.isLetter && isSingle(text, before: index)) {
      return String(text[..<index])
    }
    (beforePrevious, previous) = (previous, character)
  }
  return text
}

private func isSingle(_ text: String, before space: String.Index) -> Bool {
  let word = text[..<space].split(separator: " ").last ?? ""
  return word.dropLast().split(separator: ".").allSatisfy { $0.count <= 1 }
}
