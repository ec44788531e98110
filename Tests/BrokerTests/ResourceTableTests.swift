import Foundation
import TestSupport
import Testing

/// The table of what happens when resources run out names the tests that hold it.
@Suite struct ResourceTableTests {
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func `every row names tests, and each of them is there`() throws {
    let rows = try rowsOfTable()
    #expect(rows.count >= 12)
    let suites = try sourcesOfTests()
    for row in rows {
      let names = (row.last ?? "").components(separatedBy: "<br>")
      #expect(row.count == 5, "\(row)")
      for name in names {
        let parts = name.components(separatedBy: "`: ")
        let suite = parts[0].trimmingPrefix("`")
        let isThere = suites.contains { $0.contains("struct \(suite)") && $0.contains("func `\(parts.last ?? "")`(") }
        #expect(isThere, "\(name)")
      }
    }
  }

  /// The cells of each row.
  private func rowsOfTable() throws -> [[String]] {
    let readme = try String(contentsOf: Self.package.appending(path: "Sources/README.md"), encoding: .utf8)
    let section = readme.components(separatedBy: "\n## When resources run out\n").last?
      .components(separatedBy: "\n## ").first
    let lines = (section ?? "").split(separator: "\n").filter { $0.hasPrefix("|") }
    return lines.dropFirst(2).map { line in
      line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
    }
  }

  private func sourcesOfTests() throws -> [String] {
    try ["BrokerTests", "EndToEndTests", "JobStoreTests"].flatMap { folder in
      let directory = Self.package.appending(path: "Tests/\(folder)").path
      return try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".swift") }.map {
        try String(contentsOfFile: directory + "/" + $0, encoding: .utf8)
      }
    }
  }
}
