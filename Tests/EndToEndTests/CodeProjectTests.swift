import EventLoop
import Foundation
import JSON
import JobModel
import ProcessSupport
import Recipes
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// Projects of software as the recipe `phased-project` makes them, with the programs as they are shipped.
  @Suite(.timeLimit(.minutes(5)))
  struct CodeProject {
    private static let shop = "A shop.\nentity Customer: name, email\nentity Product: name, price\n"
    private static let order = "entity Order: customer, product"

    /// Submits the tasks that can be told from what is known, and waits for their end.
    ///
    /// - Parameter plan: what the task `plan` has made.
    private static func run(
      _ installation: Installation, _ idea: String, plan: String? = nil
    ) async throws -> JobsAPI.Job {
      let bytes = try Data(contentsOf: URL(filePath: Built.package + "/contrib/recipes/phased-project.yaml"))
      let recipe = try Recipe(parsing: Array(bytes))
      let values = try recipe.values([GivenInput("idea", .text(idea))])
      var known: [TaskKey: JSONValue] = [:]
      if let plan { known[.plan] = try JSONDocument(Array(plan.utf8)).root }
      let tasks = try recipe.expand(values, outputs: known).tasks.map(spec)
      return try await installation.end(of: installation.submitTasks(tasks, kind: "code"))
    }

    private static func spec(_ task: RecipeTask) -> JobsAPI.TaskSpec {
      JobsAPI.TaskSpec(
        key: task.key.text, op: task.op, title: task.title, phase: task.phase, payload: task.payload,
        needs: task.needs.map(\.text), needsPolicy: task.waitsForSettled ? .settled : nil,
        outputs: task.outputs.map(\.text), maxAttempts: task.attemptsMax,
        reuseBy: task.reuseBy.flatMap { .init(rawValue: $0.rawValue) })
    }

    /// Makes the plan, and then all.
    private static func project(_ installation: Installation, _ idea: String) async throws -> JobsAPI.Job {
      let planned = try await run(installation, idea)
      #expect(planned.state == .succeeded, "\(planned)")
      return try await run(installation, idea, plan: installation.text("plan.json", of: planned.job))
    }

    @Test func `a project comes file by file, and what has not changed is not made again`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let worker = try await installation.worker(kind: "code", concurrency: 2)

        let first = try await Self.project(installation, Self.shop + Self.order)
        #expect(first.state == .succeeded && first.counts.succeeded == 8 && first.files == 26, "\(first)")
        #expect(first.reused == 2, "the plan and the core are those of the job that has planned")
        let report = try JSONDocument(Array(try await installation.text("check/report.json", of: first.job).utf8)).root
        #expect(report["passed"]?.bool == true && report["files_present"]?.int == 24)
        #expect(
          report["checked_by"]?.string == "python3", "the plugin finds Python in the environment that it is given")

        // Another field of one entity: that one, and what concerns all, are made again.
        let second = try await Self.project(installation, Self.shop + Self.order + ", note optional")
        #expect(second.state == .succeeded && second.reused == 2 + 3 - 1, "\(second)")
        #expect(try await installation.text("app/schemas/order.py", of: second.job).contains("note:"))

        let directory = installation.directory + "/project"
        let export = try await installation.genbroker("export", "\(second.job)", "-o", directory)
        #expect(export.outcome == .exited(code: 0), "\(export)")
        for path in ["app/main.py", "tests/test_app.py", ".env.example"] {
          #expect(FileManager.default.fileExists(atPath: "\(directory)/\(path)"), "\(path)")
        }
        #expect(try await installation.findings() == [])
        worker.signal(SIGTERM)
        #expect(try await worker.end().outcome == .exited(code: 0))
      }
    }

    @Test func `an idea without entities fails with one error, and doctor finds the plugin`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        _ = try await installation.worker(kind: "code")
        let job = try await Self.run(installation, "A shop")
        #expect(job.state == .failed)
        let errors = try await installation.genbroker("errors", "\(job.job)")
        #expect(errors.output.contains("no entities are known"), "\(errors)")
        let doctor = try await installation.genbroker("doctor")
        #expect(doctor.output.contains("plan, core, entity, support, main, check"), "\(doctor)")
      }
    }
  }
}
