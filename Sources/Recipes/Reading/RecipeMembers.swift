import YAML

/// The names of all members of the format. A test holds `contrib/recipes/recipe.schema.json` to them.
enum RecipeMembers {
  static let recipe = ["recipe", "about", "inputs", "limits", "tasks"]
  static let input = ["type", "about", "default", "min", "max", "schema", "fold"]
  static let limits = ["budget_usd", "max_calls", "max_tokens", "max_credits"]
  static let task =
    [
      "foreach", "kind", "op", "key", "title", "phase", "needs", "needs_policy", "payload", "outputs", "timeout_ms",
      "max_attempts", "max_crashes", "reuse_by", "credits", "columns", "collections", "section", "new_only",
    ] + payload
  static let newOnly = ["limit"]
  /// Members of a task that become members of its payload, under the same names.
  static let payload = ["prompt", "schema"]
}
