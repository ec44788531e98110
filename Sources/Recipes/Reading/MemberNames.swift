import JobModel
import YAML

extension YAMLMember {
  /// The name as one that references can use.
  ///
  /// - parameter what: what is named, for errors: `an input`.
  func checkedName(_ what: String) throws(RecipeError) -> String {
    guard Reference.isName(name) else {
      throw RecipeError(
        place, "'\(visible(name))' cannot be the name of \(what)",
        remedy: "use letters (a to z), digits, '_' and '-', at most \(RecipeLimits.nameBytesMax)")
    }
    return name
  }
}
