/// What type a file is of.
package enum MediaType {
  /// Whether it can be one: visible ASCII with something before and behind a slash, such as `text/html; charset=utf-8` (the shape
  /// of RFC 9110, section 8.3.1, without its finer rules).
  package static func isValid(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return text.utf8.count <= bytesMax && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      && parts.count >= 2 && parts.allSatisfy { !$0.isEmpty }
  }

  package static let bytesMax = 255
}
