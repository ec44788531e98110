/// A place in the text of a file, both counted from 1; columns count Unicode code points.
package struct Place: Hashable, Sendable {
  /// From 1.
  package let line: Int
  /// From 1, in code points.
  package let column: Int

  /// - parameters: both from 1.
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Where a text begins.
  package static let start = Place(line: 1, column: 1)
}

/// What is wrong with a file that people write: the first thing that was found, and only that.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the file says what cannot be done.
  package let place: Place
  /// What is wrong, without a full stop.
  package let problem: String
  /// What to do about it, without a full stop.
  package let remedy: String

  /// - parameters: see the members of the same names.
  package init(_ place: Place, _ problem: String, remedy: String) {
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  /// The two lines that people see, without an end of line behind them.
  ///
  /// - parameter file: how they call the file.
  package func text(file: String) -> String { "\(file):\(place.line):\(place.column): \(problem)\n  \(remedy)" }

  package var description: String { text(file: "file") }
}
