import Foundation

/// Programs that read PDF: those of poppler and qpdf.
package enum PDFTool {
  /// Whether they are on this machine; `contrib/install-packages tests` brings them.
  package static let isThere: Bool = {
    let isThere = ["pdfinfo", "pdftotext", "pdfimages", "qpdf"].allSatisfy { path($0) != nil }
    if !isThere { print("skipped: other programs do not look at our PDF; run contrib/install-packages tests") }
    return isThere
  }()

  private static func path(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs one of them to its end.
  ///
  /// - Returns: its standard output.
  /// - Throws: `SupportError` when it does not succeed.
  package static func run(_ name: String, _ arguments: String...) throws -> String {
    guard let executable = path(name) else { throw SupportError(message: "\(name) is not there") }
    return try outputOfProgram(executable, arguments)
  }
}
