import JobModel
import YAML

/// Turns the nodes of a file into a recipe.
enum RecipeReader {
  /// What the file is.
  static let subject = YAMLSubject(
    name: "recipe", beginning: "recipe: NAME", bytesMax: RecipeLimits.fileBytesMax,
    sizeRemedy: "put large data into inputs, and only their names here")

  static func read(_ bytes: [UInt8]) throws(RecipeError) -> Recipe {
    let (root, source) = try YAMLReader.read(bytes, as: subject)
    let members = try Members(root, "a recipe", known: RecipeMembers.recipe)
    let name = try members.required("recipe", remedy: "begin with 'recipe: NAME'")
    return try Recipe(
      try recipeName(name),
      try members.read("about") { node, what throws(RecipeError) in
        try node.line(what, bytesMax: ModelLimits.titleBytesMax)
      } ?? "",
      try members.read("inputs", inputs) ?? [],
      try members.read("limits", BudgetReader.read) ?? Budget(),
      try tasks(try members.required("tasks", remedy: "add 'tasks:' with at least one task"), source))
  }

  private static func recipeName(_ node: YAMLNode) throws(RecipeError) -> String {
    let name = try node.text("'recipe'")
    guard Reference.isName(name) else {
      throw RecipeError(
        node.place, "'\(visible(name))' cannot be the name of a recipe",
        remedy: "use letters (a to z), digits, '_' and '-', at most \(RecipeLimits.nameBytesMax)")
    }
    return name
  }

  private static func inputs(_ node: YAMLNode, _ what: String) throws(RecipeError) -> [RecipeInput] {
    let members = try node.members(what)
    try bound(members.count, RecipeLimits.inputsMax, "inputs", node)
    return try members.map { member throws(RecipeError) in try InputReader.read(member) }
  }

  private static func tasks(_ node: YAMLNode, _ source: SourceText) throws(RecipeError) -> [TaskDeclaration] {
    let members = try node.members("'tasks'")
    guard !members.isEmpty else { throw RecipeError(node.place, "there are no tasks", remedy: "add at least one") }
    try bound(members.count, RecipeLimits.tasksMax, "tasks", node)
    return try members.map { member throws(RecipeError) in try TaskReader(source: source).read(member) }
  }

  static func bound(_ count: Int, _ most: Int, _ what: String, _ node: YAMLNode) throws(RecipeError) {
    guard count <= most else {
      throw RecipeError(node.place, "\(count) \(what)", remedy: "use at most \(most)")
    }
  }
}

/// Reads `limits`: the words of `genbroker submit`.
enum BudgetReader {
  static func read(_ node: YAMLNode, _ what: String) throws(RecipeError) -> Budget {
    let members = try Members(node, "'limits'", known: RecipeMembers.limits)
    return Budget(
      picoUSD: try members.read("budget_usd", dollars), calls: try members.read("max_calls", count),
      tokens: try members.read("max_tokens", count), credits: try members.read("max_credits", count))
  }

  private static func count(_ node: YAMLNode, _ what: String) throws(RecipeError) -> Int64 {
    try node.integer(what, in: 0...Int64.max)
  }

  /// As it is written: no amount of money is ever a binary fraction.
  private static func dollars(_ node: YAMLNode, _ what: String) throws(RecipeError) -> Int64 {
    guard case .scalar(let scalar) = node.content, let pico = Money.pico(of: scalar.text) else {
      throw RecipeError(node.place, "\(what) is no amount of US dollars", remedy: "write it as 5 or 0.50")
    }
    return pico
  }
}
