/// "1 step", "3 steps".
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// "a user task", "an event sub-process".
package func withArticle(_ noun: String) -> String {
  let lower = noun.prefix(1).lowercased() + noun.dropFirst()
  let isVowel = lower.first.map { "aeio".contains($0) } ?? false
  return (isVowel ? "an " : "a ") + lower
}
