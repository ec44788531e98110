package import JSON
import JobModel
import YAML

/// A value for an input, as it was given with the job.
package struct GivenInput: Sendable {
  package enum Content: Sendable {
    /// `--input name=text`
    case text(String)
    /// `--input name=@path`: the name of the file without its directories, and what is in it.
    case file(name: String, bytes: [UInt8])
  }

  package let name: String
  package let content: Content

  package init(_ name: String, _ content: Content) {
    self.name = name
    self.content = content
  }
}

/// A value for each input of a recipe, checked.
package struct InputValues: Sendable {
  private let values: [String: JSONValue]

  init(_ values: [String: JSONValue]) { self.values = values }

  /// nil when the recipe has no such input.
  package subscript(name: String) -> JSONValue? { values[name] }
}

extension Recipe {
  /// The inputs that need a value.
  package var missingInputs: [RecipeInput] { inputs.filter { $0.standard == nil } }

  /// The values for all inputs: those that were given, else the defaults.
  ///
  /// Inputs of type `list` and `files` may be given several times, all others once.
  ///
  /// - throws: `RecipeError` at the input's place in the recipe, for what is unknown, missing, of the wrong type or out of range.
  package func values(_ given: [GivenInput]) throws(RecipeError) -> InputValues {
    for value in given where !inputs.contains(where: { $0.name == value.name }) {
      throw RecipeError(
        .start, "recipe '\(name)' has no input '\(visible(value.name))'",
        remedy: suggestion(for: value.name, among: inputs.map(\.name), "there are"))
    }
    var values: [String: JSONValue] = [:]
    for input in inputs {
      let given = given.filter { $0.name == input.name }
      values[input.name] = try GivenReader(input: input).value(given)
    }
    return InputValues(values)
  }
}

/// Reads what was given for one input.
private struct GivenReader {
  let input: RecipeInput

  func value(_ given: [GivenInput]) throws(RecipeError) -> JSONValue {
    guard let first = given.first else {
      guard let standard = input.standard else {
        throw error("is missing", remedy: "give it with --input \(input.name)=\(example)")
      }
      return standard
    }
    let isList = input.kind == .list || input.kind == .files
    guard given.count == 1 || isList else { throw error("is given twice", remedy: "give it once") }
    let value = input.folded(isList ? try list(given) : try single(first))
    if let fault = input.fault(of: value) { throw error(fault.problem, remedy: fault.remedy) }
    return value
  }

  private func error(_ problem: String, remedy: String) -> RecipeError {
    RecipeError(input.place, "input '\(input.name)' \(problem)", remedy: remedy)
  }

  private var example: String {
    switch input.kind {
    case .text: "TEXT"
    case .integer, .number: "NUMBER"
    case .boolean: "true"
    case .list: "TEXT, once for each element, or =@FILE with one in each line"
    case .json: "@FILE"
    case .file: "@FILE"
    case .files: "@FILE, once for each file"
    }
  }

  private func single(_ given: GivenInput) throws(RecipeError) -> JSONValue {
    switch input.kind {
    case .file: return json(.string(try fileName(given)))
    case .text: return json(.string(try text(given)))
    case .json, .integer, .number, .boolean: return try parsed(try text(given))
    case .list, .files: preconditionFailure("lists are read as a whole")
    }
  }

  private func list(_ given: [GivenInput]) throws(RecipeError) -> JSONValue {
    var elements: [JSONTree] = []
    for given in given {
      if input.kind == .files {
        elements.append(.string(try fileName(given)))
      } else if case .text(let text) = given.content {
        elements.append(.string(try bounded(text)))
      } else {
        elements += try elementsOfFile(try text(given))
      }
    }
    return json(.array(elements))
  }

  /// An array in JSON, or a text in each line that is not empty.
  private func elementsOfFile(_ text: String) throws(RecipeError) -> [JSONTree] {
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    guard lines.first?.first == "[" else { return lines.map { .string(String($0)) } }
    let value = try parsed(text)
    if let fault = input.fault(of: value) { throw error(fault.problem, remedy: fault.remedy) }
    return (value.elements ?? []).map(JSONTree.init)
  }

  // MARK: Texts

  private func text(_ given: GivenInput) throws(RecipeError) -> String {
    switch given.content {
    case .text(let text): return try bounded(text)
    case .file(let name, let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw error("is the file '\(visible(name))', which is no UTF-8", remedy: "save it as UTF-8")
      }
      // Some editors put it in front; it is no part of the first word.
      return try bounded(text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text)
    }
  }

  private func bounded(_ text: String) throws(RecipeError) -> String {
    guard text.utf8.count <= RecipeLimits.valueBytesMax else {
      throw error(
        "has more than \(RecipeLimits.valueBytesMax >> 20) MiB", remedy: "make it a file, which plugins read in parts")
    }
    return text
  }

  /// The name under which plugins read the file.
  private func fileName(_ given: GivenInput) throws(RecipeError) -> String {
    guard case .file(let name, _) = given.content else {
      throw error("is a file", remedy: "give it with --input \(input.name)=@PATH")
    }
    do throws(NameError) {
      return try ResultPath(name).text
    } catch {
      throw self.error("cannot be used: \(error.message)", remedy: error.remedy)
    }
  }

  private func parsed(_ text: String) throws(RecipeError) -> JSONValue {
    do throws(JSONError) {
      return try JSONDocument(Array(text.utf8)).root
    } catch {
      guard input.kind == .json else { return json(.string(text)) }
      throw self.error("is no JSON: \(error)", remedy: "correct it; texts stand in quotes in JSON")
    }
  }

  private func json(_ tree: JSONTree) -> JSONValue { RawJSON(tree).value }
}
