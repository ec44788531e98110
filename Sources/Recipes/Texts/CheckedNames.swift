import JobModel
import YAML

/// What texts of a task have to be, when their placeholders have values and before.
extension Template {
  /// The path that one of its outputs is.
  func path(_ text: String) throws(RecipeError) -> ResultPath {
    try checked { () throws(NameError) in try ResultPath(text) }
  }

  func column(_ text: String, of name: FileColumns.Name) throws(RecipeError) -> String {
    try checked { () throws(NameError) in try FileColumns.value(text, of: name) }
  }

  func collection(_ text: String) throws(RecipeError) -> CollectionName {
    try checked { () throws(NameError) in try CollectionName(text) }
  }

  /// A section is called as collections are.
  func section(_ text: String) throws(RecipeError) -> String {
    do throws(NameError) {
      return try CollectionName(text).text
    } catch {
      throw RecipeError(place, "'\(visible(text))' cannot be the name of a section", remedy: error.remedy)
    }
  }

  private func checked<Name>(_ make: () throws(NameError) -> Name) throws(RecipeError) -> Name {
    do throws(NameError) {
      return try make()
    } catch {
      throw RecipeError(place, error.message, remedy: error.remedy)
    }
  }

  /// Checks what is wrong whatever the placeholders are: with `x` for each of them. An error shows the text as it is written.
  func always<Name>(_ check: (String) throws(RecipeError) -> Name) throws(RecipeError) -> Name {
    do throws(RecipeError) {
      return try check(text { _ in "x" })
    } catch {
      _ = try check(text { "{\($0.reference.text)}" })
      throw error
    }
  }

  private func text(_ value: (Placeholder) -> String) -> String {
    parts.map { part in
      switch part {
      case .text(let words): words
      case .placeholder(let placeholder): value(placeholder)
      }
    }.joined()
  }
}

extension TaskDeclaration {
  /// What tells its tasks, and their files, from others.
  var keyAndOutputs: [Template] { [key].compactMap { $0 } + outputs }

  /// The key that a text is.
  func checkedKey(_ text: String) throws(RecipeError) -> TaskKey {
    let key: TaskKey
    do throws(NameError) {
      key = try TaskKey(text)
    } catch {
      throw RecipeError(
        keyPlace, "\(error.message) (task '\(name)')", remedy: "\(error.remedy); 'key:' says how it is made")
    }
    guard !key.isOfRecipe else {
      throw RecipeError(
        keyPlace, "'\(visible(key.text))' is a key of the tasks that make those of the recipe",
        remedy: "call the task otherwise, or give it a 'key:'")
    }
    return key
  }

  /// Of what makes its key.
  var keyPlace: Place { key?.place ?? place }
}
