package import JSON
import YAML

/// Something that a recipe asks for.
package struct RecipeInput: Sendable {
  /// What a value may be.
  package enum Kind: String, Sendable, CaseIterable {
    case text, integer, number, boolean
    /// Texts.
    case list
    /// Any JSON, or what a schema allows.
    case json
    /// A file that the job reads; the value is its name.
    case file
    /// Several of them.
    case files
  }

  package let name: String
  package let kind: Kind
  /// One line for people; empty when the recipe says nothing.
  package let about: String
  /// nil when a value has to be given.
  package let standard: JSONValue?
  /// The least and the greatest number, or how many elements a list has at least and at most.
  let bounds: InputBounds
  let schema: InputSchema?
  /// Whether texts that differ in capitals and white space only are the same.
  let folds: Bool
  /// Of its name.
  let place: Place
}
