/// Where a server of models is: `http` or `https`, a host, perhaps a port and a path. Nothing else is accepted, so that no
/// key hides in it and a path can be put behind it.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
  /// In lower case; with brackets when it is an IPv6 address.
  package let host: String
  /// `https://`, not `http://`.
  package let isEncrypted: Bool
  private let text: String

  /// - Returns: `nil` for anything but `http(s)://HOST[:PORT][/PATH]` in printable ASCII; slashes at the end are dropped.
  package init?(_ text: String) {
    guard text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else { return nil }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    let path = rest.dropFirst(authority.count)
    guard let host = BaseURL.host(authority), !path.contains(where: { "?#\\\"<>^`{|}".contains($0) }) else {
      return nil
    }
    self.host = host
    isEncrypted = scheme == "https://"
    let whole = scheme + authority.lowercased() + path
    self.text = String(whole.reversed().drop { $0 == "/" }.reversed())
  }

  package var description: String { text }

  /// Whether what is sent there stays on this machine. Only by the literal addresses and `localhost`: other names mean what
  /// somebody's name server says.
  package var isLoopback: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The host of `HOST[:PORT]`, when both are in order.
  private static func host(_ authority: Substring) -> String? {
    var host = authority
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      guard let port = UInt16(authority[authority.index(after: colon)...]), port > 0 else { return nil }
      host = authority[..<colon]
    }
    let isIPv6 = host.hasPrefix("[") && host.hasSuffix("]")
    let inner = isIPv6 ? host.dropFirst().dropLast() : host
    let isRight = { (character: Character) in
      isIPv6 ? character.isHexDigit || ":.".contains(character) : isNameCharacter(character)
    }
    guard !inner.isEmpty, inner.allSatisfy(isRight) else { return nil }
    return host.lowercased()
  }

  private static func isNameCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || ".-_".contains(character))
  }
}
