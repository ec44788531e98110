import JSON
import JSONSchema

/// What a pair has to be.
struct PairRules {
  let deck: String
  let count: Int
  let ban: BanList
  let tags: [String]
  /// Of one pair, an object with `front` and `back`.
  let schema: Schema?
}

/// The pairs that were taken, each once, and what was not.
struct Deck {
  let rules: PairRules
  private(set) var pairs: [Pair] = []
  private(set) var rejected = RejectionTally()
  private var fronts: Set<String> = []
  /// Both keys of each pair, the front's first.
  private var sides: Set<[String]> = []
  private var likenesses: [Likeness] = []

  init(_ rules: PairRules) { self.rules = rules }

  var missing: Int { max(0, rules.count - pairs.count) }
  var isFull: Bool { missing == 0 }

  /// Takes a pair, or counts why not.
  ///
  /// - Returns: nil when it was taken.
  @discardableResult
  mutating func offer(front: String, back: String, tags: [String] = [], origin: PairOrigin) -> Rejection? {
    let rejection: Rejection?
    if let side = Self.endlessSide(front, back) {
      rejection = side
    } else {
      let all = rules.tags + tags.filter { !rules.tags.contains($0) }
      let pair = Pair(
        front: CardText.front(front), back: CardText.back(back), tags: all, deck: rules.deck, origin: origin)
      rejection = fault(of: pair) ?? add(pair)
    }
    if let rejection { reject(rejection, line: origin.line) }
    return rejection
  }

  /// What nobody would read is not even normalised.
  private static func endlessSide(_ front: String, _ back: String) -> Rejection? {
    if front.utf8.count > Limits.frontCharactersMax * rawBytesPerCharacter { return .frontTooLong }
    return back.utf8.count > Limits.backCharactersMax * rawBytesPerCharacter ? .backTooLong : nil
  }

  private static let rawBytesPerCharacter = 16

  /// - Returns: nil when there was none like it.
  private mutating func add(_ pair: Pair) -> Rejection? {
    let (frontKey, backKey) = (CardText.key(pair.front), CardText.key(pair.back))
    if frontKey == backKey { return .sidesEqual }
    if fronts.contains(frontKey) { return .frontThere }
    if sides.contains([backKey, frontKey]) { return .reversed }
    let likeness = Likeness(frontKey: frontKey, backKey: backKey)
    if likenesses.contains(where: { $0.isNearly(likeness) }) { return .nearlyThere }
    pairs.append(pair)
    fronts.insert(frontKey)
    sides.insert([frontKey, backKey])
    likenesses.append(likeness)
    return nil
  }

  mutating func reject(_ rejection: Rejection, line: Int?) { rejected.add(rejection, line: line) }

  /// What was counted by an attempt before this one.
  mutating func add(rejected count: Int, _ kind: Rejection.Kind) { rejected.add(kind, count) }

  private func fault(of pair: Pair) -> Rejection? {
    if pair.front.isEmpty { return .frontEmpty }
    if pair.back.isEmpty { return .backEmpty }
    if pair.front.unicodeScalars.count > Limits.frontCharactersMax { return .frontTooLong }
    if pair.back.unicodeScalars.count > Limits.backCharactersMax { return .backTooLong }
    if let term = rules.ban.term(in: pair.front) ?? rules.ban.term(in: pair.back) { return .banned(term) }
    guard let schema = rules.schema else { return nil }
    let object: RawJSON = ["front": .string(pair.front), "back": .string(pair.back)]
    return schema.validate(object.value).first.map { .unfit("\($0)") }
  }
}

extension PairOrigin {
  /// In its file.
  var line: Int? {
    if case .source(_, let line) = self { line } else { nil }
  }
}
