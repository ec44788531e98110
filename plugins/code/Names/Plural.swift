/// English nouns in the singular and the plural, by rule: right for nearly all names of things, and the same every time.
enum Plural {
  private static let irregular = [
    ("child", "children"), ("foot", "feet"), ("goose", "geese"), ("man", "men"), ("mouse", "mice"),
    ("person", "people"),
    ("tooth", "teeth"), ("woman", "women"), ("datum", "data"), ("medium", "media"), ("criterion", "criteria"),
    ("movie", "movies"), ("cookie", "cookies"), ("shoe", "shoes"), ("knife", "knives"), ("life", "lives"),
    ("shelf", "shelves"), ("leaf", "leaves"), ("half", "halves"), ("house", "houses"), ("course", "courses"),
    ("case", "cases"), ("base", "bases"), ("database", "databases"), ("purchase", "purchases"), ("expense", "expenses"),
    ("license", "licenses"), ("response", "responses"), ("release", "releases"), ("lease", "leases"),
    ("cache", "caches"),
    ("nurse", "nurses"), ("horse", "horses"), ("warehouse", "warehouses"), ("phase", "phases"), ("use", "uses"),
    ("disease", "diseases"), ("exercise", "exercises"), ("franchise", "franchises"), ("index", "indexes"),
    ("size", "sizes"), ("quiz", "quizzes"), ("prize", "prizes"), ("axe", "axes"), ("analysis", "analyses"),
    ("crisis", "crises"),
  ]
  private static let unchanged: Set<String> = [
    "series", "species", "news", "equipment", "information", "stock", "staff", "sheep", "fish", "feedback", "software",
  ]

  /// `category` of `categories`; a noun that is none in the plural stays as it is.
  static func singular(_ name: String) -> String {
    change(name) { word in
      if unchanged.contains(word) { return word }
      if let pair = irregular.first(where: { $0.1 == word }) { return pair.0 }
      for (ending, by) in [("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("zes", "z")]
      where word.hasSuffix(ending) && word.utf8.count > ending.utf8.count + 1 {
        return word.dropLast(ending.count) + by
      }
      if word.hasSuffix("uses") || word.hasSuffix("ases") { return String(word.dropLast(2)) }
      let stays = ["ss", "us", "is", "as", "os"].contains { word.hasSuffix($0) }
      return word.hasSuffix("s") && !stays && word.utf8.count > 2 ? String(word.dropLast()) : word
    }
  }

  /// `categories` of `category`.
  static func plural(_ name: String) -> String {
    change(name) { word in
      if unchanged.contains(word) { return word }
      if let pair = irregular.first(where: { $0.0 == word }) { return pair.1 }
      if ["s", "x", "z", "ch", "sh"].contains(where: { word.hasSuffix($0) }) { return word + "es" }
      guard word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) else { return word + "s" }
      return word.dropLast() + "ies"
    }
  }

  /// The last word only: `blog_posts` are posts.
  private static func change(_ name: String, _ rule: (String) -> String) -> String {
    var words = name.split(separator: "_").map(String.init)
    guard let last = words.popLast() else { return name }
    return (words + [rule(last)]).joined(separator: "_")
  }
}
