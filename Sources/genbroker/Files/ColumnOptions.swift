import CommandLine

/// What files are marked with: options that choose among them.
struct ColumnOptions: ParameterGroup {
  @Option("--type TYPE", "Only files of this type, such as close-up.") var type: String?
  @Option("--view VIEW", "Only of this view, such as front.") var view: String?
  @Option("--category CATEGORY", "Only of this category.") var category: String?
  @Option("--product PRODUCT", "Only of this product.") var product: String?
  @Option("--revision REVISION", "Only of this revision of a product.") var revision: String?
  @Option("--batch BATCH", "Only of this batch.") var batch: String?
  @Option("--status STATUS", "Only of this status: completed when none was said, archived.") var status: String?

  /// As the protocol takes them; nil when nothing is asked for.
  var columns: [String: String]? {
    let all = [
      ("type", type), ("view", view), ("category", category), ("product", product), ("revision", revision),
      ("batch", batch), ("status", status),
    ]
    let given = all.compactMap { name, value in value.map { (name, $0) } }
    return given.isEmpty ? nil : Dictionary(uniqueKeysWithValues: given)
  }
}
