/// Finds what looks like a password, a key or a token in a file.
enum SecretCheck {
  /// The beginnings of keys by which their makers let them be found, with the least length of the whole.
  private static let beginnings: [(text: String, length: Int)] = [
    ("sk-", 20), ("ghp_", 30), ("gho_", 30), ("ghs_", 30), ("github_pat_", 30), ("glpat-", 20), ("xoxb-", 20),
    ("xoxp-", 20),
    ("AKIA", 20), ("ASIA", 20), ("AIza", 35), ("sk_live_", 20), ("rk_live_", 20), ("hf_", 30), ("npm_", 30),
    ("pypi-", 40),
  ]
  private static let secretNames = ["password", "passwd", "secret", "token", "api_key", "apikey", "private_key"]

  /// Line by line.
  static func problems(in text: String, path: String) -> [Report.Problem] {
    lines(of: text).enumerated().compactMap { number, line in
      problem(line, isSettings: path.hasSuffix(".example"), isTest: path.hasPrefix("tests/")).map {
        Report.Problem(path: path, line: number + 1, text: $0)
      }
    }
  }

  private static func problem(_ line: Substring, isSettings: Bool, isTest: Bool) -> String? {
    if line.contains("-----BEGIN ") && line.contains("PRIVATE KEY") { return "a private key stands here" }
    let words = line.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-")) }
    let isKey = words.contains { word in
      beginnings.contains { word.hasPrefix($0.text) && word.count >= $0.length }
    }
    if isKey { return "what looks like a key of a service stands here" }
    if hasPassword(inURL: line) { return "a URL holds a password" }
    guard !isTest, let assigned = assigned(line, isSettings: isSettings), !assigned.isEmpty else { return nil }
    return "a secret has a value in the code; it belongs into the environment"
  }

  /// `://user:password@`
  private static func hasPassword(inURL line: Substring) -> Bool {
    guard let scheme = line.firstRange(of: "://") else { return false }
    let rest = line[scheme.upperBound...].prefix { !$0.isWhitespace && $0 != "/" && $0 != "\"" && $0 != "'" }
    guard let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") else { return false }
    return rest.index(after: colon) < at
  }

  /// What is assigned to a name that speaks of a secret: in settings anything, in Python a string.
  private static func assigned(_ line: Substring, isSettings: Bool) -> Substring? {
    guard !line.drop(while: \.isWhitespace).hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
    let name = line[..<equals].prefix { $0 != ":" }.lowercased()
    guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " || $0 == "." }),
      secretNames.contains(where: { name.contains($0) })
    else { return nil }
    let value = line[line.index(after: equals)...].drop(while: \.isWhitespace)
    if isSettings { return value }
    guard let quote = value.first, quote == "\"" || quote == "'" else { return nil }
    return value.dropFirst().prefix { $0 != quote }
  }
}
