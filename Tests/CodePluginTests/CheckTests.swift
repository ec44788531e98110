import Foundation
import JSON
import PluginKit
import PluginSupport
import TestSupport
import Testing

@testable import genplugin_code

/// The check of a project: what it finds, and that it finds nothing where nothing is.
struct CheckTests {
  /// A whole project after a change of some files, and what its check fails with.
  private func check(python: String = "python3", _ change: (FakeHost) -> Void) throws -> (
    failure: PluginFailure?, report: JSONValue
  ) {
    let job = try CodeJob(CodeJob.threeEntities, python: python)
    try job.run { key in if key == "check" { change(job.host) } }
    return (job.failures["check"], try JSONDocument(Array(job.host.text(Report.path).utf8)).root)
  }

  private static let damages: [(path: String, line: String, expected: String)] = [
    ("app/main.py", "def broken(:", "app/main.py:54: invalid syntax"),
    ("app/main.py", "x = 'open", "unterminated string"),
    ("app/main.py", "return 1", "'return' outside function"),
    ("app/routers/order.py", "import requests", "'requests' is no file of the project"),
    ("app/routers/order.py", "from app.models.nothing import Order", "there is no 'app.models.nothing'"),
    ("app/routers/order.py", "from app.models.order import Nothing", "there is no 'Nothing' in 'app.models.order'"),
    ("app/routers/order.py", "from app.models import nothing", "there is no 'nothing' in 'app.models'"),
    ("app/routers/order.py", "from . import customer", "is relative"),
    ("requirements.txt", "requests", "'requests' has no version"),
    ("requirements.txt", "requests>=2", "'requests>=2' has no version"),
    (".env.example", "APP_API_KEY=hunter2", ".env.example:19: a secret has a value"),
    ("app/core/config.py", "password = 'hunter22'", "a secret has a value in the code"),
    ("README.md", "Use ghp_0123456789abcdefghijklmnopqrstuvwxyz", "looks like a key of a service"),
    ("README.md", "-----BEGIN RSA PRIVATE KEY-----", "a private key"),
    ("app/core/config.py", "URL = 'postgresql://me:hunter2@db/x'", "a URL holds a password"),
  ]

  @Test(arguments: damages)
  func `damage is found, told in one line, and loses nothing`(_ path: String, _ line: String, _ expected: String) throws
  {
    let (failure, report) = try check { $0.results[path]?.bytes += Array("\(line)\n".utf8) }
    #expect(failure?.errorClass == "check_failed" && failure?.retryable == false)
    #expect(failure?.message.contains(expected) == true, "\(failure?.message ?? "nothing was found")")
    #expect(failure?.message.split(separator: "\n").count == 2)
    #expect(report["passed"]?.bool == false && report["checked_by"]?.string == "python3")
  }

  @Test func `lines that end as in Windows are lines, too`() throws {
    func crlf(_ host: FakeHost, _ path: String, _ line: String) {
      let text = host.text(path) + line + "\n"
      host.results[path]?.bytes = Array(text.replacing("\n", with: "\r\n").utf8)
    }
    let sound = try check { host in
      for path in ["requirements.txt", ".env.example", "app/core/config.py"] { crlf(host, path, "") }
    }
    #expect(sound.failure == nil, "\(sound.failure?.message ?? "")")
    for (path, line, words) in [
      (".env.example", "APP_API_KEY=hunter2", ".env.example:19: a secret has a value"),
      ("app/core/config.py", "password = 'hunter22'", "a secret has a value in the code"),
      ("requirements.txt", "requests", "'requests' has no version"),
    ] {
      let message = try check { crlf($0, path, line) }.failure?.message
      #expect(message?.contains(words) == true && message?.contains("1 problem:") == true, "\(message ?? "nothing")")
    }
  }

  @Test func `a file that is no text, or too large, is told`() throws {
    #expect(try check { $0.results["app/main.py"]?.bytes = [0xFF] }.failure?.message.contains("is no UTF-8") == true)
    let large = try check {
      $0.results["app/main.py"]?.bytes = Array(repeating: 0x23, count: Limits.checkedBytesMax + 1)
    }
    #expect(large.failure?.message.contains("is larger than 1024 KiB") == true)
  }

  @Test func `what would take Python itself down is a problem, and not the end of the check`() throws {
    let deep = String(repeating: "(", count: 5_000) + String(repeating: ")", count: 5_000)
    let (failure, _) = try check { $0.results["app/main.py"]?.bytes = Array("x = \(deep)\n".utf8) }
    #expect(failure?.errorClass == "check_failed")
  }

  @Test func `a sound project passes, and the check runs nothing of it`() throws {
    try withDirectory { directory in
      let (failure, report) = try check {
        $0.results["app/main.py"]?.bytes += Array("open('\(directory)/ran', 'w').close()\n".utf8)
      }
      #expect(failure == nil && report["passed"]?.bool == true && report["files_present"]?.int == 24)
      #expect(!FileManager.default.fileExists(atPath: directory + "/ran"))
    }
  }

  @Test func `many problems are counted, and some are named`() throws {
    let (failure, report) = try check { host in
      host.results["requirements.txt"]?.bytes += Array((0..<40).flatMap { "package\($0)\n".utf8 })
    }
    #expect(failure?.message.contains("40 problems") == true && failure?.message.contains("and 30 more") == true)
    #expect(report["problems"]?.elements?.count == 40)
  }

  // MARK: Without Python

  @Test func `without python3 a weaker look is taken, and the report says so`() throws {
    let sound = try check(python: "no-such-python") { _ in }
    #expect(sound.failure == nil && sound.report["checked_by"]?.string == "scanner")
    let damaged = try check(python: "no-such-python") {
      $0.results["app/main.py"]?.bytes += Array("x = (1,\n".utf8)
      $0.results["app/routers/order.py"]?.bytes += Array("import os, requests\nfrom app.nothing import (\n  x)\n".utf8)
    }
    let message = try #require(damaged.failure?.message)
    #expect(message.contains("app/main.py:54: a bracket '(' is not closed"))
    #expect(message.contains("'requests' is no file") && message.contains("there is no 'app.nothing'"))
  }

  @Test(arguments: [
    ("x = 'a", "a string does not end"), ("x = \"\"\"a\n\"", "a string does not end"), ("x = )", "')' closes nothing"),
    ("x = (]", "']' closes nothing"), ("f(\n[1,\n2", "a bracket '[' is not closed"),
  ])
  func `the scanner finds what does not end`(_ text: String, _ expected: String) {
    #expect(PythonScanner.look(at: text).fault?.text == expected)
  }

  @Test func `the scanner counts lines that a backslash joins`() {
    let file = PythonScanner.look(at: "x = 1 + \\\n    2\ny = 1 + \\\r\n    2\nimport a\n")
    #expect(file.imports.map(\.line) == [5])
  }

  @Test func `the scanner takes nothing in strings and comments for code`() {
    let text =
      "\"\"\"import a ( '\"\"\"\n# import b (\nx = 'import c (\\''\nimport d.e as f, g; import h\nif x:\n    from i import (\n        j,\n    )\n"
    let file = PythonScanner.look(at: text)
    #expect(file.fault == nil)
    #expect(file.imports.map(\.module) == ["d.e", "g", "h", "i"] && file.imports.map(\.line) == [4, 4, 4, 6])
  }

  @Test func `the scanner and Python see the same imports in a project`() throws {
    let texts = try CodeJob(CodeJob.blog).run().project.filter { $0.key.hasSuffix(".py") }
    let inspected = try #require(try PythonInspection.look(at: texts))
    for (path, file) in inspected {
      func places(_ file: PythonFile) -> [String] { file.imports.map { "\($0.line) \($0.module)" }.sorted() }
      #expect(places(PythonScanner.look(at: texts[path] ?? "")) == places(file), "\(path)")
    }
  }
}
