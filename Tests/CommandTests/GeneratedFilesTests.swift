import CommandLine
import Foundation
import Testing

@testable import genbroker
@testable import genworker

/// The manual page and the completion scripts in `contrib` are those of the commands as they are.
///
/// To write them anew: `RECORD_SNAPSHOTS=1 swift test --filter CommandTests`, which fails once.
@Suite struct `Files that are made from the commands` {
  @Test(arguments: [
    ("man/genbroker.1", ["--manual"]), ("completions/genbroker.bash", ["--completions", "bash"]),
    ("completions/_genbroker", ["--completions", "zsh"]), ("completions/genbroker.fish", ["--completions", "fish"]),
  ])
  func `of genbroker are current`(path: String, arguments: [String]) throws {
    try check(path, genbrokerProgram.parse(arguments))
  }

  @Test(arguments: [
    ("man/genworker.1", ["--manual"]), ("completions/genworker.bash", ["--completions", "bash"]),
    ("completions/_genworker", ["--completions", "zsh"]), ("completions/genworker.fish", ["--completions", "fish"]),
  ])
  func `of genworker are current`(path: String, arguments: [String]) throws {
    try check(path, genworkerProgram.parse(arguments))
  }

  private func check<Context>(_ path: String, _ invocation: Invocation<Context>) throws {
    guard case .print(let text) = invocation else {
      Issue.record("nothing is printed for contrib/\(path)")
      return
    }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = package.appending(path: "contrib/\(path)")
    guard ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil else {
      let isCurrent = contents(file.path) == text
      #expect(isCurrent, "contrib/\(path) is not that of the commands; see above how to write it")
      return
    }
    try put(text, at: file.path)
    Issue.record("recorded contrib/\(path)")
  }

  @Test func `every command has help that names it`() throws {
    for command in genbrokerProgram.tree.commands {
      guard case .print(let text) = genbrokerProgram.parse([command.name, "--help"]) else {
        Issue.record("no help for \(command.name)")
        continue
      }
      #expect(text.contains("Usage: genbroker \(command.name)"))
      #expect(command.about.abstract.hasSuffix("."))
    }
  }
}
