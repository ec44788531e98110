/// The names of styles and rooms, as people write them and as they are compared.
enum StyleName {
  /// In small letters, with single spaces: two spellings that differ in nothing else name the same.
  static func folded(_ name: String) -> String {
    name.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
  }

  /// For people: as it is when somebody has written capitals, else with a capital for each word.
  static func shown(_ name: String) -> String {
    let words = name.split(whereSeparator: \.isWhitespace)
    guard name == name.lowercased() else { return words.joined(separator: " ") }
    return words.map { small.contains($0) ? String($0) : FactTable.capitalized(String($0)) }.joined(separator: " ")
  }

  private static let small: Set<Substring> = ["and", "of", "the", "in", "de"]
}
