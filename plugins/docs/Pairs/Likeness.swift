/// How alike two cards are, by the groups of three characters that their keys have in common.
struct Likeness {
  private let front: Trigrams
  private let back: Trigrams

  /// - Parameters: the keys of both sides.
  init(frontKey: String, backKey: String) {
    front = Trigrams(CardText.letters(ofKey: frontKey))
    back = Trigrams(CardText.letters(ofKey: backKey))
  }

  /// Whether both sides say nearly the same: only then, since cards about neighbours (Austria, Australia) differ in few
  /// letters. Texts with other numbers in them are others.
  func isNearly(_ other: Likeness) -> Bool { front.isNearly(other.front) && back.isNearly(other.back) }
}

private struct Trigrams {
  private let letters: [Unicode.Scalar]
  private let digits: [Unicode.Scalar]
  /// Three characters each, of 21 bits.
  private let groups: Set<UInt64>

  init(_ letters: [Unicode.Scalar]) {
    self.letters = letters
    digits = letters.filter { $0.properties.numericType != nil }
    var groups: Set<UInt64> = []
    var group: UInt64 = 0
    for (place, letter) in letters.enumerated() {
      group = (group << 21 | UInt64(letter.value)) & (1 << 63 - 1)
      if place >= 2 { groups.insert(group) }
    }
    self.groups = groups
  }

  /// The coefficient of Dice over the groups; short texts have to be the same.
  func isNearly(_ other: Trigrams) -> Bool {
    if letters == other.letters { return !letters.isEmpty }
    guard digits == other.digits, min(letters.count, other.letters.count) >= Self.comparedMin else { return false }
    let (small, large) = groups.count < other.groups.count ? (groups, other.groups) : (other.groups, groups)
    let sum = small.count + large.count
    // Even if all of the smaller set were in the larger one.
    guard 200 * small.count >= Self.percentMin * sum else { return false }
    return 200 * small.count(where: large.contains) >= Self.percentMin * sum
  }

  private static let comparedMin = 12
  private static let percentMin = 85
}
