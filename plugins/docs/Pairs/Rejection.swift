import PluginKit

/// Why something that was offered is not in the deck.
enum Rejection: Hashable {
  case noSeparator
  case openQuote
  case frontEmpty
  case backEmpty
  case frontTooLong
  case backTooLong
  case sidesEqual
  case banned(String)
  case frontThere
  case reversed
  case nearlyThere
  case unfit(String)

  /// What is counted together, and the name of the sum in files.
  enum Kind: String, CaseIterable {
    case noSeparator = "no_separator"
    case openQuote = "open_quote"
    case empty
    case tooLong = "too_long"
    case sidesEqual = "sides_equal"
    case banned
    case frontThere = "front_there"
    case reversed
    case nearlyThere = "nearly_there"
    case unfit

    /// "3 …"
    var words: String {
      switch self {
      case .noSeparator: "without a term and a definition"
      case .openQuote: "in a quote that is not closed"
      case .empty: "with an empty side"
      case .tooLong: "too long (\(Limits.frontCharactersMax) and \(Limits.backCharactersMax) characters are the most)"
      case .sidesEqual: "with the same on both sides"
      case .banned: "with a banned term"
      case .frontThere: "with a front that was there"
      case .reversed: "that were there the other way round"
      case .nearlyThere: "that say nearly the same as another"
      case .unfit: "that do not fit the schema"
      }
    }
  }

  var kind: Kind {
    switch self {
    case .noSeparator: .noSeparator
    case .openQuote: .openQuote
    case .frontEmpty, .backEmpty: .empty
    case .frontTooLong, .backTooLong: .tooLong
    case .sidesEqual: .sidesEqual
    case .banned: .banned
    case .frontThere: .frontThere
    case .reversed: .reversed
    case .nearlyThere: .nearlyThere
    case .unfit: .unfit
    }
  }
}

/// How much was rejected for what, and where it stands.
struct RejectionTally: Hashable {
  private(set) var counts: [Rejection.Kind: Int] = [:]
  /// Of a source, in its order; a model's answers have no lines.
  private var lines: [Rejection.Kind: [Int]] = [:]

  var total: Int { counts.values.reduce(0, +) }

  mutating func add(_ rejection: Rejection, line: Int? = nil) { add(rejection.kind, 1, line: line) }

  mutating func add(_ kind: Rejection.Kind, _ count: Int, line: Int? = nil) {
    counts[kind, default: 0] += count
    if let line { lines[kind, default: []].append(line) }
  }

  /// `3 with a banned term (lines 4, 7-8); 1 …`; nothing when nothing was rejected.
  var words: String {
    Rejection.Kind.allCases.compactMap { kind in
      counts[kind].map { "\($0) \(kind.words)" + Self.words(ofLines: lines[kind] ?? []) }
    }.joined(separator: "; ")
  }

  private static func words(ofLines lines: [Int]) -> String {
    guard let first = lines.first else { return "" }
    var runs = [first...first]
    for line in lines.dropFirst() {
      if let last = runs.last, line == last.upperBound + 1 {
        runs[runs.count - 1] = last.lowerBound...line
      } else {
        runs.append(line...line)
      }
    }
    let shown = runs.prefix(linesShownMax).map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }
    let rest = runs.count > shown.count ? ", …" : ""
    return " (line\(lines.count == 1 ? "" : "s") \(shown.joined(separator: ", "))\(rest))"
  }

  private static let linesShownMax = 40
}
