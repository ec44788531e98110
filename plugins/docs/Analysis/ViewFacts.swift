import Drawing
import JSON
import PluginKit
import ProcessFiles
import Raster
import TaskFacts

/// What is known of a view without a model: what its payload says, and what its pixels show.
struct ViewFacts {
  let payload: AnalysisPayload

  private var image: ImageFile { payload.picture.image }

  /// The part of the picture that is not background; all of it where that cannot be told.
  private var product: Detail.Region { image.facts.content.map(Detail.Region.init) ?? .whole }

  /// Members of the file of an analysis; the same picture and payload give the same.
  var members: [JSONTree.Member] {
    let size = image.statedSize
    return [
      .init("product", Self.text(payload.product)), .init("category", .string(payload.category)),
      .init("revision", Self.text(payload.revision)), .init("view", Self.text(payload.view)),
      .init(
        "image",
        [
          "name": .string(payload.picture.name), "sha256": .string(payload.picture.sha256),
          "format": .string(image.source.rawValue),
        ]),
      .init(
        "size",
        [
          "width": .int(Int64(size.width)), "height": .int(Int64(size.height)), "unit": "px",
          "aspect": .double(Self.rounded(Double(size.width) / Double(size.height))),
        ]),
      .init("content", image.facts.content.map { Detail.Region($0).json } ?? .null),
      .init("visible", .double(Self.rounded(image.facts.visibleShare))),
      .init("background", Self.text(image.facts.background?.hex)), .init("palette", palette),
      .init("measurements", measurements),
    ]
  }

  private static func text(_ text: String?) -> JSONTree { text.map { .string($0) } ?? .null }

  private static func rounded(_ number: Double) -> Double { (number * 1_000).rounded() / 1_000 }

  /// Percent, with one decimal.
  private static func percent(_ share: Double) -> Double { (share * 1_000).rounded() / 10 }

  private func isBackground(_ colour: ImageColour) -> Bool {
    image.facts.background.map { colour.isNear($0) } ?? false
  }

  private var palette: JSONTree {
    .array(
      image.colours.filter { $0.share >= Limits.paletteShareMin }.prefix(Limits.paletteColoursMax).map {
        ["hex": .string($0.hex), "share": .double(Self.percent($0.share)), "background": .bool(isBackground($0))]
      })
  }

  private var measurements: JSONTree {
    .array(
      payload.measures.enumerated().map { index, one in
        [
          "code": .string(NamedLength.code(index)), "name": .string(one.name), "value": .double(one.value),
          "tolerance": one.tolerance.map { .double($0) } ?? .null, "unit": .string(payload.unit.rawValue),
        ]
      })
  }

  // MARK: Words

  /// In sentences, each of which follows from the picture or the payload.
  var summary: String {
    [whatItIs, howItFills, whatColours, whatMeasures].compactMap { $0 }.joined(separator: " ")
  }

  private var whatItIs: String {
    let view = payload.view.map { "View '\($0)' of " } ?? "A view of "
    let revision = payload.revision.map { ", revision \($0)" } ?? ""
    let (width, height) = (image.statedSize.width, image.statedSize.height)
    let shape = width == height ? "square" : width > height ? "wider than high" : "higher than wide"
    return "\(view)\(payload.product ?? "a product") (\(payload.category))\(revision). "
      + "The picture has \(image.statedSize) and is \(shape)."
  }

  private var howItFills: String? {
    guard image.facts.content != nil else { return "Nothing in it stands out from its background." }
    guard image.facts.background != nil || image.facts.visibleShare < 1 else {
      return "Its edges are of several colours, so what is background cannot be told."
    }
    func whole(_ share: Double) -> Int { Int((share * 100).rounded()) }
    return
      "What is not background fills \(whole(product.width)) % of its width and \(whole(product.height)) % of its height."
  }

  private var whatColours: String? {
    let colours = image.colours.filter { !isBackground($0) }.prefix(3)
    guard !colours.isEmpty else { return nil }
    return "Its main colours are \(listed(colours.map { "\($0.hex) (\(Self.percent($0.share).svg) %)" }))."
  }

  private var whatMeasures: String? {
    guard !payload.measures.isEmpty else { return nil }
    let words = payload.measures.prefix(Limits.measuresInSummaryMax).map { one in
      "\(one.name) \(payload.unit.text(one.value))" + (one.tolerance.map { " ± \($0.svg)" } ?? "")
    }
    let rest = payload.measures.count - words.count
    return "Given measures: \(listed(words + (rest > 0 ? ["\(rest) more"] : [])))."
  }

  private func listed(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  // MARK: Details

  /// What the category has, then what the measures name; each says where it comes from.
  var details: [Detail] {
    let isBehind = (payload.view ?? "").lowercased().split { !$0.isLetter }.contains { $0 == "back" || $0 == "rear" }
    var found = CategoryDetails.of(payload.category).filter { !(isBehind && $0.isInFront) }.map {
      Detail(
        name: $0.name, origin: "category \(payload.category), at its usual place", region: product.part($0.part),
        isPlaced: true)
    }
    for (index, measure) in payload.measures.enumerated() {
      let code = NamedLength.code(index)
      if let named = found.firstIndex(where: { Self.names(measure.name, $0.name) }) {
        found[named].measures.append(code)
      } else {
        found.append(
          Detail(
            name: shortened(measure.name, to: Limits.detailCharactersMax), origin: "measure \(code), place not known",
            region: product, isPlaced: false, measures: [code]))
      }
    }
    return Array(found.prefix(payload.detailsMax))
  }

  /// Whether a measure is one of a detail: `Cuff width` of `Cuff`.
  private static func names(_ measure: String, _ detail: String) -> Bool {
    let words = { (text: String) in Set(text.lowercased().split { !$0.isLetter }) }
    return words(detail).isSubset(of: words(measure))
  }
}
