import CommandLine

/// The values that the user gives for the inputs of a recipe.
struct RecipeInputOptions: ParameterGroup {
  @Option("-i, --input NAME=VALUE", "A value for an input of the recipe, or @FILE; of a list, each time one element.")
  var values: [KeyValue]
}
