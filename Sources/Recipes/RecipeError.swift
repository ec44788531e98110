package import YAML

/// What is wrong with a recipe, with the values for its inputs or with what an earlier task has made: the first thing that
/// was found, and only that. Its place is where the recipe says what cannot be done.
package typealias RecipeError = YAMLError

extension RecipeError {
  /// What is wrong with what an earlier task has made, which no place in the recipe is to blame for.
  package static func output(_ problem: String, remedy: String) -> RecipeError {
    RecipeError(.start, problem, remedy: remedy)
  }
}
