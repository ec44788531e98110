import BPMN
import Foundation
import PluginSupport
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// The table of files with something wrong in them: each gives a site and tells its warnings, or one error with its
/// place; the plugin's README says what happens, and this test that it does.
struct FaultyFilesTests {
  private static let readme = Corpus.packageFolder.appendingPathComponent("plugins/docs/README.md")

  /// The public files with faults; empty when the collection is not there.
  private static func published() throws -> [FaultyFiles.Case] {
    guard try !Corpus.expected().isEmpty else { return [] }
    let faults = [
      "di-no-bpmn-element": "a shape that shows nothing", "duplicate-ids": "two elements of one id",
      "large-numbers": "a shape far outside", "not-bpmn": "another kind of XML",
      "undeclared-ns-child": "a prefix that is not declared",
    ]
    return try faults.sorted { $0.key < $1.key }.map { name, fault in
      FaultyFiles.Case(name: "\(name).bpmn", bytes: try Corpus.bytes("malformed/\(name).bpmn"), fault: fault)
    }
  }

  private func row(_ file: FaultyFiles.Case) throws -> String {
    "| `\(file.name)` | \(file.fault) | \(try outcome(of: file)) |"
  }

  /// What the table says of a file.
  private func outcome(of file: FaultyFiles.Case) throws -> String {
    let host = FakeHost([(file.name, file.bytes)])
    do {
      var generator = DocsGenerator()
      try host.plan(&generator)
    } catch let failure as PluginFailure {
      #expect(host.spawned.isEmpty && host.results.isEmpty, "\(file.name): nothing is begun")
      #expect(failure.errorClass == "bad_input" && !failure.retryable, "\(file.name)")
      return "refused: " + failure.message.replacing(" (1 of 1 files cannot be read)", with: "")
    }
    let site = try FakeHost.site(of: [(file.name, file.bytes)])
    #expect(faults(of: site) == [], "\(file.name): no broken link, nothing unescaped")
    let document = try Document(parsing: file.bytes, fileName: file.name)
    let warnings = document.warnings.map { "\(file.name):\($0.line): \($0.message)" }
    let pages = site.results.keys.count { $0.hasSuffix(".html") }
    for warning in document.warnings {
      let isTold = site.results.values.contains {
        String(decoding: $0.bytes, as: UTF8.self).contains(warning.code.rawValue)
      }
      #expect(isTold, "\(file.name): \(warning) is on a page")
    }
    let text = warnings.isEmpty ? "no warning" : warnings.prefix(3).joined(separator: "; ")
    return "a site of \(pages) pages: \(text)\(warnings.count > 3 ? "; and \(warnings.count - 3) more" : "")"
  }

  @Test func `each file does what the table says`() throws {
    let rows = try (FaultyFiles.own + Self.published()).map(row)
    var text = try String(contentsOf: Self.readme, encoding: .utf8)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
      let parts = text.components(separatedBy: "<!-- faulty files -->\n")
      try #require(parts.count == 3)
      let head = "| file | what is wrong with it | what happens |\n|---|---|---|\n"
      text = [parts[0], head + rows.joined(separator: "\n") + "\n", parts[2]]
        .joined(separator: "<!-- faulty files -->\n")
      try text.write(to: Self.readme, atomically: true, encoding: .utf8)
    }
    for row in rows { #expect(text.contains(row + "\n"), "plugins/docs/README.md has no line: \(row)") }
    let own = Set(FaultyFiles.own.map(\.name))
    #expect(own.count == FaultyFiles.own.count)
  }

  @Test func `every refusal names the file, the place if there is one, and what to do`() throws {
    for file in FaultyFiles.own {
      let said = try outcome(of: file)
      guard said.hasPrefix("refused: ") else { continue }
      #expect(said.hasPrefix("refused: \(file.name):"), "\(said)")
      #expect(said.split(separator: ". ").count >= 2, "no remedy: \(said)")
      #expect(!said.contains("\n"), "one line: \(said)")
    }
  }
}
