import JSON
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_code

/// Projects as the recipe makes them.
struct ProjectTests {
  private func counts(_ job: CodeJob) -> [String: Int] {
    job.host.results.filter { job.project[$0.key] != nil }.reduce(into: [:]) { $0[$1.value.task, default: 0] += 1 }
  }

  @Test func `three entities are 24 files: 5, 4, 4, 4, 5 and 2`() throws {
    let job = try CodeJob(CodeJob.threeEntities).run()
    #expect(job.failures == [:])
    let keys = ["core", "entity/customer", "entity/product", "entity/order", "support", "main"]
    #expect(job.order == ["plan"] + keys + ["check"])
    #expect(keys.map { counts(job)[$0] } == [5, 4, 4, 4, 5, 2])
    #expect(job.project.count == 24)
    #expect(Set(job.project.keys) == Set(ProjectFiles.all(try entities(CodeJob.threeEntities))))
  }

  @Test func `a failure in the fourth step leaves 13 files, and the check says what is missing`() throws {
    let job = try CodeJob(CodeJob.threeEntities).run { key in
      if key == "entity/order" { throw PluginFailure("budget", "no more to spend") }
    }
    #expect(job.project.count == 13)
    #expect(Set(job.failures.keys) == ["entity/order", "support", "main", "check"])
    let failure = try #require(job.failures["check"])
    #expect(failure.errorClass == "check_failed" && !failure.retryable)
    #expect(failure.message.contains("app/models/order.py: is missing; not done: 'entity/order', 'main', 'support'"))
    let report = try JSONDocument(Array(job.host.text(Report.path).utf8)).root
    #expect(report["files_expected"]?.int == 24 && report["files_present"]?.int == 13)
    #expect(report["passed"]?.bool == false && report["problems"]?.elements?.count == 11)
  }

  @Test func `a failure of the check leaves all 24 files, and its report`() throws {
    let job = try CodeJob(CodeJob.threeEntities)
    try job.run { key in
      if key == "check" { job.host.results["app/main.py"]?.bytes += Array("def broken(:\n".utf8) }
    }
    #expect(job.project.count == 24 && Set(job.failures.keys) == ["check"])
    #expect(job.failures["check"]?.message.contains("all that was made is kept") == true)
    #expect(job.host.results[Report.path] != nil)
  }

  @Test func `the same schema gives the same bytes, also in a new process`() throws {
    let (first, second) = (try CodeJob(CodeJob.blog).run(), try CodeJob(CodeJob.blog).run())
    #expect(first.project == second.project && first.project.count == 32)
  }

  @Test func `known entities and lines of the idea give the same files`() throws {
    let known =
      #"[{"name": "Customer", "fields": ["name", "email"]}, {"name": "Product", "fields": ["name", "price"]}]"#
    let rest = "A shop.\nentity Order: customer, product"
    #expect(try CodeJob(rest, known: known).run().project == CodeJob(CodeJob.threeEntities).run().project)
  }

  @Test func `another entity changes no file of the others, but those that concern all`() throws {
    let before = try CodeJob(CodeJob.threeEntities).run().project
    let after = try CodeJob(CodeJob.threeEntities + "\nentity Note: text, order").run().project
    let changed = before.filter { after[$0.key] != $0.value }.keys.sorted()
    #expect(changed == ["README.md", "app/main.py", "tests/test_app.py"])
  }

  @Test func `what an attempt before has committed is not made again`() throws {
    let entity = try #require(try entities("entity Post: title").first)
    let host = FakeHost([])
    var generator = CodeGenerator()
    let payload = JSONText(JSONTree.object([.init("entity", entity.json), .init("about", "")]))
    try host.run(
      GenerationTask(job: 1, key: "entity/post", op: "entity", payload: payload, done: ["app/models/post.py"]),
      &generator)
    #expect(host.results.keys.sorted() == ["repositories", "routers", "schemas"].map { "app/\($0)/post.py" })
  }

  @Test(arguments: ["A blog", "The entity of it all is a post."])
  func `without entities and without a model there is one error that says what to give`(_ idea: String) throws {
    let job = try CodeJob(idea).run()
    let failure = try #require(job.failures["plan"])
    #expect(failure.errorClass == "bad_input" && !failure.retryable)
    #expect(failure.message.split(separator: "\n").count == 2)
    #expect(failure.message.contains("known") && failure.message.contains("entity Post: title"))
    #expect(job.project.isEmpty)
  }

  private static let empty = ["{}", #"{"prompt": " \n", "known": []}"#, #"{"prompt": null, "known": null}"#]

  @Test(arguments: empty, [false, true])
  func `without any idea no model is asked, and a file of the job is told to go into the recipe`(
    _ payload: String, _ hasModel: Bool
  ) throws {
    let host = FakeHost([("idea.txt", Array("A blog.\nentity Post: title".utf8))])
    if hasModel { host.model = { _ in throw PluginFailure("asked", "", retryable: true) } }
    var generator = CodeGenerator()
    let task = GenerationTask(job: 1, key: "plan", op: "plan", payload: try JSONText(payload))
    let failure = try #require(throws: PluginFailure.self) { try host.run(task, &generator) }
    #expect(
      failure.message == """
        there is no idea to plan from; 'idea.txt' is an input of the job, which no op reads
        use the recipe: genbroker recipe run contrib/recipes/phased-project.yaml --input idea=@idea.txt
        """)
    #expect(failure.errorClass == "bad_input" && !failure.retryable && host.results.isEmpty)
  }

  @Test(arguments: [
    ("plan", #"{"prompt": 7}"#, "is no text"), ("plan", "{}", "--input idea=@FILE"),
    ("plan", #"{"promt": "x"}"#, "no member 'promt'"),
    ("core", #"{"x": 1}"#, "give it none"), ("entity", "{}", "none of a plan"),
    ("entity", #"{"entity": {"name": "x"}}"#, "none of a plan"), ("support", #"{"entities": []}"#, "none of a plan"),
    ("main", #"{"entities": [1]}"#, "none of a plan"), ("check", "{}", "none of a plan"),
    ("other", "{}", "no op 'other'"),
  ])
  func `a payload that cannot be used is refused`(_ op: String, _ payload: String, _ expected: String) throws {
    let task = GenerationTask(job: 1, key: "x", op: op, payload: try JSONText(payload))
    var generator = CodeGenerator()
    let failure = #expect(throws: PluginFailure.self) { try FakeHost([]).run(task, &generator) }
    #expect(failure?.message.contains(expected) == true && failure?.retryable == false)
  }

  @Test func `an option that nobody knows is refused`() throws {
    let task = GenerationTask(job: 1, key: "core", op: "core", options: try JSONText(#"{"style": "x"}"#))
    var generator = CodeGenerator()
    let failure = #expect(throws: PluginFailure.self) { try FakeHost([]).run(task, &generator) }
    #expect(failure?.errorClass == "bad_input" && failure?.message.contains("'style'") == true)
  }
}
