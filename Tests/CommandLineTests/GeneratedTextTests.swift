import CommandLine
import Foundation
import Testing

@Suite struct `Completions and the manual page` {
  @Test(arguments: Shell.allCases)
  func `the shell finds no fault in its script`(shell: Shell) throws {
    let script = try #require(text(sample.parse(["--completions", shell.rawValue])))
    try expectSnapshot(script, named: "completion.\(shell.rawValue)")
    let result = try check(script, with: shell.rawValue, shell == .fish ? ["--no-execute"] : ["-n"])
    #expect(result.isEmpty)
  }

  @Test(arguments: [
    ("genbroker su", "submit"), ("genbroker submit --ki", "--kind"),
    ("genbroker submit --reuse ", "unchanged exists none"),
    ("genbroker collection ", "add help"), ("genbroker submit --reuse ex", "exists"), ("genbroker --st", "--store"),
    ("genbroker submit --kind x --wa", "--wait"), ("genbroker debug-", ""),
  ])
  func `bash completes by it`(line: String, offers: String) throws {
    let script = try #require(text(sample.parse(["--completions", "bash"])))
    let typed = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
    let ask =
      "COMP_WORDS=(\(typed.joined(separator: " "))); COMP_CWORD=\(typed.count - 1); _genbroker; echo \"${COMPREPLY[*]}\""
    #expect(try output(of: "bash", ["-c", script + ask]) == offers + "\n")
  }

  @Test(arguments: [
    ("genbroker su", "submit"), ("genbroker submit --ki", "--kind"), ("genbroker submit --reuse ex", "exists"),
    ("genbroker collection a", "add"),
  ])
  func `fish completes by it`(line: String, offer: String) throws {
    let script = try #require(text(sample.parse(["--completions", "fish"])))
    guard let offers = try output(of: "fish", ["--no-config", "-c", script + "complete -C '\(line)'"]) else { return }
    #expect(offers.split(separator: "\n").map { $0.prefix { $0 != "\t" } } == [offer[...]])
  }

  @Test func `mandoc finds no fault in the manual page`() throws {
    for (name, program) in [("genbroker", sample), ("genworker", single)] {
      let page = try #require(text(program.parse(["--manual"])))
      try expectSnapshot(page, named: "\(name).1")
      let faults = try check(page, with: "mandoc", ["-T", "lint", "-W", "warning"])
      #expect(faults.isEmpty)
    }
  }

  /// What the tool says about the text in a file; nothing also where there is no such tool, which is printed.
  private func check(_ text: String, with tool: String, _ arguments: [String]) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "commandline-\(UUID().uuidString)")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try output(of: tool, arguments + [file.path]) ?? ""
  }

  /// Both outputs of a tool; nil where it is not installed.
  private func output(of tool: String, _ arguments: [String]) throws -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }) else {
      print("skipped: no \(tool) here")
      return nil
    }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "\(folder)/\(tool)")
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
