/// A place in the text of a recipe, both counted from 1; columns count Unicode code points.
package struct Place: Hashable, Sendable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Where a text begins.
  static let start = Place(line: 1, column: 1)
}

/// What is wrong with a recipe, with the values for its inputs or with what an earlier task has made: the first thing that
/// was found, and only that.
package struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the recipe says what cannot be done.
  package let place: Place
  /// What is wrong, without a full stop.
  package let problem: String
  /// What to do about it, without a full stop.
  package let remedy: String

  init(_ place: Place, _ problem: String, remedy: String) {
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  /// What is wrong with what an earlier task has made, which no place in the recipe is to blame for.
  package static func output(_ problem: String, remedy: String) -> RecipeError {
    RecipeError(.start, problem, remedy: remedy)
  }

  /// The two lines that people see, without an end of line behind them.
  ///
  /// - parameter file: how they call the recipe.
  package func text(file: String) -> String { "\(file):\(place.line):\(place.column): \(problem)\n  \(remedy)" }

  package var description: String { text(file: "recipe") }
}
