import EventLoop
import Foundation
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// Tests made from models of processes, with the programs as they are shipped.
  @Suite(.timeLimit(.minutes(5)))
  struct TestsKind {
    @Test func `a worker finds the plugin, an option chooses the framework, and what is exported compiles`()
      async throws
    {
      try await Installation.with { installation in
        _ = try await installation.broker()
        _ = try await installation.worker(kind: "tests", concurrency: 2)
        let sample = Built.package + "/contrib/samples/order-fulfilment"
        for (framework, ending) in [("pytest", "/test_check_order.py"), ("gherkin", "/check_order.feature")] {
          let ran = try await installation.genbroker(
            "submit", "--kind", "tests", "--option", "framework=\(framework)", "--wait", sample)
          #expect(ran.outcome == .exited(code: 0), "\(ran)")
          let directory = installation.directory + "/" + framework
          let export = try await installation.genbroker("export", "@last", "-o", directory)
          #expect(export.outcome == .exited(code: 0), "\(export)")
          #expect(FileManager.default.fileExists(atPath: directory + "/tests/order" + ending))
          let compiled = try PythonJudge.run(
            "import compileall, sys; sys.exit(0 if compileall.compile_dir('\(directory)', quiet=1) else 1)", Data())
          #expect(compiled.status == 0)
        }
        let refused = try await installation.genbroker(
          "submit", "--kind", "tests", "--option", "frame=pytest", "--wait", sample)
        #expect(refused.outcome == .exited(code: 1), "\(refused)")
      }
    }
  }
}
