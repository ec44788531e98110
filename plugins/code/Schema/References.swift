/// Who refers to whom.
struct References {
  private let entities: [Entity]
  private let places: [String: Int]

  init(_ entities: [Entity]) {
    self.entities = entities
    places = Dictionary(uniqueKeysWithValues: entities.enumerated().map { ($1.name, $0) })
  }

  /// The entities, with what refers back marked.
  ///
  /// - Throws: when entities require each other in a circle: nobody could make the first one.
  func checked() throws(SchemaProblem) -> [Entity] {
    if let circle = requiredCircle() {
      throw SchemaProblem(
        "none of \(circle.map { "'\($0)'" }.joined(separator: " → ")) can be made first: each requires the next",
        remedy: "make one of these references optional")
    }
    var result = entities
    for place in result.indices {
      for index in result[place].fields.indices {
        guard var reference = result[place].fields[index].reference else { continue }
        reference.isCyclic = reaches(from: reference.entity, result[place].name)
        result[place].fields[index].type = .reference(reference)
      }
    }
    return result
  }

  private func targets(_ name: String, requiredOnly: Bool = false) -> [String] {
    guard let place = places[name] else { return [] }
    return entities[place].fields.filter { !requiredOnly || $0.isRequired }.compactMap { $0.reference?.entity }
  }

  /// Whether references lead from one to the other; at once when they are the same.
  private func reaches(from first: String, _ last: String) -> Bool {
    var seen: Set<String> = [first]
    var open = [first]
    while let name = open.popLast() {
      if name == last { return true }
      for target in targets(name) where seen.insert(target).inserted { open.append(target) }
    }
    return false
  }

  /// A way along required references that comes back to where it began, the first entity at both ends.
  private func requiredCircle() -> [String]? {
    for entity in entities {
      var before: [String: String] = [:]
      var open = [entity.name]
      while let name = open.popLast() {
        for target in targets(name, requiredOnly: true) {
          if target == entity.name { return way(back: name, to: target, before) + [target] }
          guard before[target] == nil else { continue }
          before[target] = name
          open.append(target)
        }
      }
    }
    return nil
  }

  private func way(back last: String, to first: String, _ before: [String: String]) -> [String] {
    var way = [last]
    while let name = way.first, name != first, let earlier = before[name] { way.insert(earlier, at: 0) }
    return way
  }
}
