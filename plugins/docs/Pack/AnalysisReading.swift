import JSON
import ProcessFiles

/// The file of an analysis, from op `analysis` or from people: whatever is not as it should be is left out.
extension PackContent.Analysis {
  init(_ value: JSONValue) {
    summary = Self.text(value["summary"]) ?? "Nothing was said about it."
    details = (value["details"]?.elements ?? []).prefix(Limits.detailsMax).compactMap { item in
      guard let name = Self.text(item["name"]), let id = Self.text(item["id"]) else { return nil }
      let codes = (item["measures"]?.elements ?? []).prefix(Limits.measuresMax).compactMap { Self.text($0) }
      let named = codes.isEmpty ? nil : "see \(codes.joined(separator: ", "))"
      let origin = [Self.text(item["from"]), named].compactMap { $0 }.joined(separator: "; ")
      return (id, name, origin.isEmpty ? nil : origin, Self.text(item["note"]))
    }
    notes = Self.notes(value)
    facts = Self.facts(value)
    palette = (value["palette"]?.elements ?? []).prefix(Limits.paletteColoursMax).compactMap { item in
      guard let hex = Self.text(item["hex"]), hex.wholeMatch(of: /#[0-9a-f]{6}/) != nil else { return nil }
      let share = item["share"]?.double.map { " \(Self.number($0)) %" } ?? ""
      return (hex, hex + share + (item["background"]?.bool == true ? ", background" : ""))
    }
    measures = (value["measurements"]?.elements ?? []).prefix(Limits.measuresMax).compactMap { item in
      guard let name = Self.text(item["name"]), let length = item["value"]?.double else { return nil }
      let tolerance = item["tolerance"]?.double.map { " ± \(Self.number($0))" } ?? ""
      return (
        Self.text(item["code"]) ?? "", name, "\(Self.number(length)) \(Self.text(item["unit"]) ?? "")\(tolerance)"
      )
    }
    let model = Self.text(value["model"])
    origin =
      model.map { "described by the model \($0); nobody has checked it" }
      ?? "described from given measures and the pictures' own facts, without a model"
  }

  /// A text that is worth a line, and no longer than a paragraph.
  private static func text(_ value: JSONValue?) -> String? {
    guard let text = value?.string, !text.allSatisfy(\.isWhitespace) else { return nil }
    return shortened(text, to: Limits.packTextCharactersMax)
  }

  private static func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    guard rounded.isFinite, abs(rounded) < 1e12 else { return "?" }
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  /// What is shown in its own way.
  private static let shown = [
    "summary", "product", "category", "revision", "view", "made_by", "model", "prompt_sha256", "background",
  ]

  /// Texts and lists of texts that a model or a person has added.
  private static func notes(_ value: JSONValue) -> [(name: String, texts: [String])] {
    (value.members ?? []).filter { !shown.contains($0.key) }.prefix(Limits.rulesMax).compactMap { name, value in
      let texts = (value.elements ?? [value]).prefix(Limits.rulesMax).compactMap { text($0) }
      return texts.isEmpty ? nil : (shortened(name, to: 40).replacing("_", with: " "), Array(texts))
    }
  }

  private static func facts(_ value: JSONValue) -> [(name: String, text: String)] {
    var facts: [(name: String, text: String)] = []
    func add(_ name: String, _ text: String?) { text.map { facts.append((name, $0)) } }
    add("Picture", text(value["image"]?["name"]))
    if let width = value["size"]?["width"]?.double, let height = value["size"]?["height"]?.double {
      facts.append(("Size", "\(number(width)) × \(number(height)) px"))
    }
    if let width = value["content"]?["width"]?.double, let height = value["content"]?["height"]?.double {
      facts.append(("Fills", "\(number(width * 100)) % × \(number(height * 100)) % of the picture"))
    }
    if let visible = value["visible"]?.double, visible < 1 {
      facts.append(("Transparent", "\(number((1 - visible) * 100)) %"))
    }
    add("Background", text(value["background"]))
    return facts
  }
}
