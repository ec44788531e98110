import JSON

/// A colour of a style, and what it is for.
struct StyleColour: Hashable, Sendable {
  /// Where it is looked up.
  let id: String
  let name: String
  /// `#rrggbb` in small letters.
  let hex: String
  let role: String

  /// In percent of what is seen; 0 for a role that is none of the usual ones.
  var share: Int { Self.shares.first { $0.role == role }?.share ?? 0 }

  /// The roles, from the most to the least.
  static let shares = [("walls", 48), ("large", 24), ("textile", 16), ("accent", 8), ("metal", 4)].map {
    (role: $0.0, share: $0.1)
  }

  var json: JSONTree { ["id": .string(id), "name": .string(name), "hex": .string(hex), "role": .string(role)] }
}

/// What a style is, as far as it follows from its sub-category and the catalogue.
struct StyleDesign: Sendable {
  let subcategory: String
  /// The sub-category for people.
  let name: String
  let family: Furnishing.Family
  /// Whether a word of the sub-category has named the family; otherwise its hash has.
  let isFamilyNamed: Bool
  let approach: Furnishing.Approach
  let era: Fact
  let form: Fact
  /// One for each role.
  let palette: [StyleColour]
  let lead: StyleColour
  /// For a dry room: one for each part.
  let materials: [Furnishing.Material]
  let light: Furnishing.Light
  let choices: Choices

  init(_ subcategory: String, _ catalogue: Furnishing = .standard) {
    let folded = StyleName.folded(subcategory)
    let choices = Choices("style", folded)
    (self.subcategory, name, self.choices) = (folded, StyleName.shown(subcategory), choices)
    let named = catalogue.family(named: folded)
    let family = named ?? choices.one(of: catalogue.families, "family")
    (self.family, isFamilyNamed) = (family, named != nil)
    approach = choices.one(of: family.approaches, "approach")
    era = Self.numbered(family.eras, "family/\(family.id)/era", choices)
    form = Self.numbered(family.forms, "family/\(family.id)/form", choices)
    palette = Self.palette(family, catalogue, choices)
    lead = choices.one(of: palette.filter { $0.role == "large" || $0.role == "accent" }, "lead")
    materials = Self.parts.map { Self.material($0, family, "dry", catalogue, choices) }
    light = Self.light(family, "dry", catalogue, choices)
  }

  /// What materials are used for.
  static let parts = ["floor", "wall", "wood", "textile", "metal"]

  private static func numbered(_ list: [String], _ id: String, _ choices: Choices) -> Fact {
    let (index, text) = choices.one(of: Array(list.enumerated()), id)
    return Fact(id: "\(id)/\(index + 1)", text: text)
  }

  /// No colour stands for two roles.
  private static func palette(
    _ family: Furnishing.Family, _ catalogue: Furnishing, _ choices: Choices
  ) -> [StyleColour] {
    var palette: [StyleColour] = []
    for (role, _) in StyleColour.shares {
      let free = (family.colours[role] ?? []).filter { id in !palette.contains { $0.id == "colour/\(id)" } }
      let colour = catalogue.colour(choices.one(of: free, "colour \(role)"))
      palette.append(StyleColour(id: "colour/\(colour.id)", name: colour.name, hex: colour.hex, role: role))
    }
    return palette
  }

  /// A material of the family for a part of a room of this climate.
  static func material(
    _ part: String, _ family: Furnishing.Family, _ climate: String, _ catalogue: Furnishing, _ choices: Choices
  ) -> Furnishing.Material {
    let known = (family.materials[part] ?? []).map(catalogue.material)
    return choices.one(of: known.filter { $0.fits.contains(climate) }, "material \(part)")
  }

  /// A light of the family for a room of this climate.
  static func light(
    _ family: Furnishing.Family, _ climate: String, _ catalogue: Furnishing, _ choices: Choices
  ) -> Furnishing.Light {
    choices.one(of: catalogue.lights.filter { family.lights.contains($0.id) && $0.fits.contains(climate) }, "light")
  }

  /// What is known, for the forms of sentences.
  var facts: FactTable {
    var table = FactTable()
    table.add("style", "input/subcategory", name)
    table.add("family", "family/\(family.id)", family.name)
    table.add("approach", "family/\(family.id)/approach/\(approach.id)", approach.text)
    table.add("era", era.id, era.text)
    table.add("form", form.id, form.text)
    for colour in palette { table.add("colour.\(colour.role)", colour.id, colour.name) }
    table.add("colour.lead", lead.id, lead.name)
    for material in materials { table.add(material.part, "material/\(material.id)", material.name) }
    table.add("light", "light/\(light.id)", light.name)
    table.add("kelvin", "light/\(light.id)/kelvin", "\(light.kelvin) K")
    return table
  }
}
