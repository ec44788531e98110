import Foundation
import TestSupport

/// The Python that runs what was generated; `contrib/test` makes it and names it in `GENBROKER_PYTEST_PYTHON`.
enum Python {
  /// Nil, and said so, when it has not what the tests need.
  static let interpreter: String? = {
    let python = ProcessInfo.processInfo.environment["GENBROKER_PYTEST_PYTHON"] ?? "python3"
    let needed = "import pytest, pytest_bdd, gherkin, tree_sitter, tree_sitter_typescript"
    if let run = try? PythonJudge.run(needed, Data(), python: python), run.status == 0 { return python }
    print("skipped: \(python) lacks a module of '\(needed)'; name one that has them in GENBROKER_PYTEST_PYTHON")
    return nil
  }()

  /// Runs a script with a directory as its current one.
  ///
  /// - Returns: the exit status, and what was printed.
  static func run(_ script: String, in directory: String) throws -> (status: Int32, output: String) {
    let (status, output) = try PythonJudge.run(
      "import os\nos.chdir(\(quoted(directory)))\n" + script, Data(), python: interpreter ?? "python3")
    return (status, String(decoding: output, as: UTF8.self))
  }

  private static func quoted(_ text: String) -> String { "'\(text)'" }

  /// What a run of pytest has counted, and how it told of each test.
  struct Outcome {
    var status: Int32
    var passed = 0
    var failed = 0
    var errors = 0
    var skipped = 0
    var expectedFailures = 0
    var warnings = 0
    /// By reason.
    var skips: [String: Int] = [:]
    var output: String
  }

  /// Runs pytest in a directory, in a process of its own.
  ///
  /// - Parameter environment: assignments of Python, such as `os.environ['A'] = 'b'`.
  static func pytest(in directory: String, _ arguments: [String] = [], environment: String = "") throws -> Outcome {
    let list = (["-q", "-p", "no:cacheprovider"] + arguments).map { "'\($0)'" }.joined(separator: ", ")
    let script = """
      import collections, json, sys
      \(environment)
      sys.dont_write_bytecode = True
      import pytest
      class Counter:
          def __init__(self):
              self.counts, self.skips = collections.Counter(), collections.Counter()
          def pytest_runtest_logreport(self, report):
              if report.failed and report.when != "call":
                  self.counts["errors"] += 1
              elif report.skipped and not hasattr(report, "wasxfail"):
                  self.counts["skipped"] += 1
                  self.skips[report.longrepr[2]] += 1
              elif report.when == "call":
                  if hasattr(report, "wasxfail") and report.skipped:
                      self.counts["xfailed"] += 1
                  else:
                      self.counts["passed" if report.passed else "failed"] += 1
          def pytest_collectreport(self, report):
              if report.failed:
                  self.counts["errors"] += 1
          def pytest_warning_recorded(self, warning_message):
              self.counts["warnings"] += 1
      counter = Counter()
      status = pytest.main([\(list)], plugins=[counter])
      print()
      print("COUNTED " + json.dumps({"counts": counter.counts, "skips": counter.skips}))
      sys.exit(int(status))
      """
    let (status, output) = try run(script, in: directory)
    var outcome = Outcome(status: status, output: output)
    guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix("COUNTED ") }),
      let object = try JSONSerialization.jsonObject(with: Data(line.dropFirst(8).utf8)) as? [String: [String: Int]]
    else { return outcome }
    let counts = object["counts"] ?? [:]
    (outcome.passed, outcome.failed, outcome.errors) = (
      counts["passed"] ?? 0, counts["failed"] ?? 0, counts["errors"] ?? 0
    )
    (outcome.skipped, outcome.expectedFailures) = (counts["skipped"] ?? 0, counts["xfailed"] ?? 0)
    outcome.warnings = counts["warnings"] ?? 0
    outcome.skips = object["skips"] ?? [:]
    return outcome
  }
}
