import JobModel
import YAML

/// Reads the placeholders of a text: `{room}`, `{entity.name}`, `{inputs.images}`, `{outputs.plan.summary}`; `{{` and `}}` are
/// braces.
struct TemplateReader {
  private let scalars: [Unicode.Scalar]
  private let node: YAMLNode
  private let source: SourceText
  /// Where the braces of the text are in the source; empty when one is an escape there, so that nobody knows which is which.
  private let braces: [Int]
  private var position = 0
  private var bracesRead = 0
  private var parts: [Template.Part] = []
  private var text = String.UnicodeScalarView()

  /// - throws: `RecipeError` for a brace that belongs to no placeholder.
  static func read(_ text: String, of node: YAMLNode, in source: SourceText) throws(RecipeError) -> Template {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
      return Template(parts: text.isEmpty ? [] : [.text(text)], place: node.place)
    }
    var reader = TemplateReader(text, node, source)
    return try reader.read()
  }

  private init(_ text: String, _ node: YAMLNode, _ source: SourceText) {
    scalars = Array(text.unicodeScalars)
    self.node = node
    self.source = source
    let braces = source.braces(in: node)
    let isEscaped = braces.count < scalars.count { $0 == "{" || $0 == "}" }
    self.braces = isEscaped ? [] : braces
  }

  private mutating func read() throws(RecipeError) -> Template {
    while position < scalars.count {
      switch scalars[position] {
      case "{", "}":
        if isDoubled { takeDoubled() } else { try takePlaceholder() }
      case let scalar:
        text.append(scalar)
        position += 1
      }
    }
    endText()
    return Template(parts: parts, place: node.place)
  }

  private var isDoubled: Bool { position + 1 < scalars.count && scalars[position + 1] == scalars[position] }

  private mutating func takeDoubled() {
    text.append(scalars[position])
    position += 2
    bracesRead += 2
  }

  private mutating func endText() {
    if !text.isEmpty { parts.append(.text(String(text))) }
    text = String.UnicodeScalarView()
  }

  private mutating func takePlaceholder() throws(RecipeError) {
    guard scalars[position] == "{" else {
      throw RecipeError(place, "a '}' that ends no placeholder", remedy: "write }} for a brace")
    }
    let inner = scalars[(position + 1)...].prefix(Self.innerScalarsMax).prefix {
      Reference.isNameScalar($0) || $0 == "."
    }
    guard inner.endIndex < scalars.count, scalars[inner.endIndex] == "}",
      let reference = Reference(String(String.UnicodeScalarView(inner)))
    else { throw noPlaceholder }
    endText()
    parts.append(.placeholder(.init(reference: reference, place: place)))
    position = inner.endIndex + 1
    bracesRead += 2
  }

  private static let innerScalarsMax = RecipeLimits.pathNamesMax * (RecipeLimits.nameBytesMax + 1)

  private var noPlaceholder: RecipeError {
    let shown = String(String.UnicodeScalarView(scalars[position...].prefix(24).prefix { !SourceText.isBreak($0) }))
    return RecipeError(
      place, "'\(visible(shown))' is no placeholder",
      remedy: "write {{ for a brace; a placeholder is {name}, {name.member}, {inputs.name} or {outputs.task.member}")
  }

  /// Of the brace that is read.
  private var place: Place {
    bracesRead < braces.count ? source.place(of: braces[bracesRead]) : node.place
  }
}
