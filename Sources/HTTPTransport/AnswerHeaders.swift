/// The header fields of an answer; of a field that comes twice the last counts.
package struct AnswerHeaders: Sendable, Equatable {
  private var fields: [String: String] = [:]

  package init() {}

  /// Takes one line as it comes from the server: a field, a status line (which begins anew), or the blank line at the end.
  package mutating func take(line: String) {
    if line.utf8.starts(with: "HTTP/".utf8) { return fields = [:] }
    let bytes = Array(line.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
    let value = bytes[(colon + 1)...].drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    fields[name] = String(decoding: Array(value), as: UTF8.self)
  }

  /// The value of a field, by its name in small letters.
  package subscript(name: String) -> String? { fields[name] }

  /// The media type of the body in small letters, without parameters; empty when there is none.
  package var contentType: String {
    let type = fields["content-type"]?.split(separator: ";", maxSplits: 1).first.map(String.init) ?? ""
    return type.lowercased().filter { $0 != " " && $0 != "\t" }
  }
}
