import JSON
import JSONSchema
import JobModel
import YAML

/// Reads the declaration of one input.
enum InputReader {
  static func read(_ member: YAMLMember) throws(RecipeError) -> RecipeInput {
    let name = try member.checkedName("an input")
    let members = try Members(member.value, "input '\(name)'", known: RecipeMembers.input)
    let types = RecipeInput.Kind.allCases.map(\.rawValue)
    let kind = try kind(
      try members.required("type", remedy: "add 'type:' with one of \(types.joined(separator: ", "))"), types)
    let input = RecipeInput(
      name: name, kind: kind,
      about: try members.read("about") { node, what throws(RecipeError) in
        try node.line(what, bytesMax: ModelLimits.titleBytesMax)
      } ?? "",
      standard: nil, bounds: try InputBounds(members, kind), schema: try schema(members, kind),
      folds: try folds(members, kind), place: member.place)
    guard let standard = members.value("default") else {
      // A list of files that may be empty need not be given.
      let mayBeEmpty = kind == .files && input.bounds.fault(ofCount: 0) == nil
      return mayBeEmpty ? input.with(standard: RawJSON(.array([])).value) : input
    }
    return input.with(standard: try value(standard, of: input))
  }

  private static func kind(_ node: YAMLNode, _ types: [String]) throws(RecipeError) -> RecipeInput.Kind {
    let name = try node.text("'type'")
    guard let kind = RecipeInput.Kind(rawValue: name) else {
      throw RecipeError(
        node.place, "'\(visible(name))' is no type of an input",
        remedy: suggestion(for: name, among: types, "there are"))
    }
    return kind
  }

  private static func folds(_ members: Members, _ kind: RecipeInput.Kind) throws(RecipeError) -> Bool {
    guard let node = members.value("fold") else { return false }
    guard let folds = try RawJSON(node.json()).value.bool else {
      throw RecipeError(node.place, "'fold' is \(node.words)", remedy: "write true or false")
    }
    guard !folds || kind == .list || kind == .text else {
      throw RecipeError(
        node.place, "an input of type \(kind.rawValue) cannot be folded",
        remedy: "leave 'fold' out; it is for text and list")
    }
    return folds
  }

  private static func schema(_ members: Members, _ kind: RecipeInput.Kind) throws(RecipeError) -> InputSchema? {
    guard let node = members.value("schema") else { return nil }
    guard kind == .json else {
      throw RecipeError(
        node.place, "only an input of type json has a schema", remedy: "leave it out, or make the type json")
    }
    return InputSchema(try SchemaReader.read(node))
  }

  private static func value(_ node: YAMLNode, of input: RecipeInput) throws(RecipeError) -> JSONValue {
    guard input.kind != .file, input.kind != .files else {
      throw RecipeError(
        node.place, "a file has no default", remedy: "leave it out; files are given with the job")
    }
    let value = input.folded(RawJSON(try node.json()).value)
    if let fault = input.fault(of: value) {
      throw RecipeError(node.place, "'default' \(fault.problem)", remedy: fault.remedy)
    }
    return value
  }
}

extension RecipeInput {
  fileprivate func with(standard: JSONValue) -> RecipeInput {
    RecipeInput(
      name: name, kind: kind, about: about, standard: standard, bounds: bounds, schema: schema, folds: folds,
      place: place)
  }
}

/// Reads a JSON schema in YAML. Nothing in it is a placeholder.
enum SchemaReader {
  static func read(_ node: YAMLNode) throws(RecipeError) -> Schema {
    let raw = RawJSON(try node.json())
    do throws(SchemaError) {
      return try Schema(parsing: raw)
    } catch {
      throw RecipeError(
        node.place(of: error.pointer), "'schema' cannot be checked: \(error.pointer) \(error.message)",
        remedy: "correct it; plugins/README.md lists what a schema may say")
    }
  }
}

extension YAMLNode {
  /// The place of the value that a JSON pointer leads to; of the last one that is there when it is cut.
  fileprivate func place(of pointer: String) -> Place {
    var node = self
    for part in pointer.split(separator: "/") {
      let name = part.replacing("~1", with: "/").replacing("~0", with: "~")
      switch node.content {
      case .map(let members):
        guard let member = members.first(where: { $0.name == name }) else { return node.place }
        node = member.value
      case .list(let elements):
        guard let index = Int(name), elements.indices.contains(index) else { return node.place }
        node = elements[index]
      case .scalar: return node.place
      }
    }
    return node.place
  }
}
