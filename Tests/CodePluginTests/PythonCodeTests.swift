import Foundation
import JSON
import PluginKit
import PluginSupport
import TestSupport
import Testing

@testable import genplugin_code

/// What is written, read by Python itself.
struct PythonCodeTests {
  /// Texts that end literals, hide, or are long.
  private static let texts: [String] = [
    "", "plain", "it's", "\"quoted\"", "'both' \"of them\"", "back\\slash\\", "line\nfeed\r\t", "nul\0",
    "\u{7F}\u{85}\u{2028}\u{2029}",
    "\u{200B}\u{202E}\u{FEFF}", "ünïcödé 数 🦊", "e\u{301}", "\u{E000}\u{10FFFF}", "{braces} %s {{place}}", "\"\"\"",
    "'''", " spaced ",
    String(repeating: "word ", count: 100), String(repeating: "x", count: 300), String(repeating: "\"' ", count: 100),
  ]

  @Test func `a literal means what it was made of, and shows nothing that is invisible`() throws {
    for text in Self.texts {
      for code in [Python.string(text), Python.text(text), Python.docstring(text)] {
        let python = try PythonJudge.run(
          "import ast, sys; sys.stdout.write(ast.literal_eval(sys.stdin.read()))", Data(code.utf8))
        #expect(python.status == 0 && Array(python.output) == Array(text.utf8), "\(code)")
        let hidden = code.unicodeScalars.filter {
          [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory) && $0 != "\n"
        }
        #expect(hidden.isEmpty)
      }
    }
  }

  @Test func `the list of Python's modules knows those of the Python that is here`() throws {
    let script = "import sys; print('\\n'.join(n for n in sys.stdlib_module_names if n[0] != '_'))"
    let names = String(decoding: try PythonJudge.run(script, Data()).output, as: UTF8.self).split(separator: "\n")
    let check = ImportCheck(
      ["x.py": PythonFile(imports: names.map { .init(module: String($0), line: 1) })], libraries: [])
    // A newer Python may have one or two more.
    #expect(names.count > 150 && check.problems.count <= 3, "\(check.problems.map(\.text))")
  }

  @Test func `a call gets lines of its own when it is too long for one`() {
    #expect(Python.call("f", ["a", "b"], indentation: 0) == "f(a, b)")
    let long = String(repeating: "a", count: 60)
    #expect(Python.call("f", [long, long], " | None", indentation: 4) == "f(\n    \(long),\n    \(long),\n) | None")
    #expect(Python.call("x=", ["\(long)\(long),"], indentation: 8) == "x=(\n    \(long)\(long),\n)")
  }

  @Test func `a template fills its places, and takes lines where one stands alone`() {
    let template = Template(Array("a {{x}} {b} {{ y }}\n    {{lines}}\n    {{none}}\nend\n".utf8))
    #expect(
      template.filled(["x": "{{lines}}", "lines": "1\n\n2", "none": ""])
        == "a {{lines}} {b} {{ y }}\n    1\n\n    2\nend\n")
  }

  // MARK: The executable

  @Test func `the executable serves its tasks over pipes`() throws {
    let plugin = try PluginProcess(kind: "code")
    try plugin.initialize()
    #expect(try plugin.receive()?["result"]?["ops"] == ["plan", "core", "entity", "support", "main", "check"])
    try plugin.generate(2, op: "core")
    var paths: [JSONTree] = []
    while let message = try plugin.receive(), message["id"] != 2 || message["method"] != nil {
      guard message["method"] == "result" else { continue }
      paths.append(message["params"]?["path"] ?? .null)
      try plugin.reply(to: message, ["path": paths[paths.count - 1], "version": 1])
    }
    #expect(paths == ProjectFiles.core.map(JSONTree.string))
    try plugin.generate(3, op: "plan", payload: ["prompt": "A blog"])
    #expect(try plugin.receive()?["error"]?["data"]?["class"] == "bad_input")
    try plugin.close()
    #expect(plugin.exitStatus() == 0)
  }
}
