import Broker
import Digest
import JSON
import Recipes
import TestSupport
import Testing
import Varlink

/// The broker makes the tasks of recipes itself, also those that wait for what other tasks make.
struct RecipeTests {
  /// A plan, a task for each of its parts, and one at the end.
  static let parts = """
    recipe: parts
    inputs:
      names: {type: list, default: [one, two]}
    tasks:
      plan: {kind: k, op: think, outputs: [plan.json]}
      part:
        foreach: {part: outputs.plan.parts}
        kind: k
        payload: {of: "{part}"}
        outputs: ["{part}.txt"]
      fixed: {foreach: {name: inputs.names}, kind: k}
      all: {kind: k, needs: [part, fixed]}
    """

  @Test func `what the inputs tell is made at once, what an output tells when that is there`() async throws {
    try await withBroker { broker in
      let job = try submit(broker, Self.parts)
      try wait(
        "the first tasks", broker, job,
        [
          "all": nil, "fixed/one": "ready", "fixed/two": "ready", "plan": "ready", "recipe": "succeeded",
          "recipe/plan": "blocked", "part/a": nil,
        ])
      let worker = try ScriptedWorker(broker.place.socket, kind: "k")
      try make(worker, "plan", "plan.json", #"{"parts":["a","b"]}"#)
      let phases = try broker.client().get("Jobs.Show", #"{"job":\#(job)}"#).at("phases").elements ?? []
      #expect(phases.contains { $0.at("phase").string == "Plan" }, "\(phases)")
      try wait(
        "the parts", broker, job, ["part/a": "ready", "part/b": "ready", "recipe/plan": "succeeded", "all": "blocked"])
      for _ in 0..<4 {
        let lease = try worker.lease()
        if lease.key.hasPrefix("part/") {
          let name = String(lease.key.dropFirst(5))
          #expect(lease.content.at("payload", "of").string == name)
          try give(worker, lease, "\(name).txt", name)
        } else {
          try worker.finish(lease)
        }
      }
      #expect(try worker.lease().key == "all")
    }
  }

  @Test func `a broker that dies between a plan and what is made of it goes on with that`() async throws {
    try await withPlace { place in
      var broker = try await RunningBroker(place)
      let job = try submit(broker, Self.parts)
      let worker = try ScriptedWorker(place.socket, kind: "k")
      try make(worker, "plan", "plan.json", #"{"parts":["a"]}"#)
      try await broker.crash()
      broker = try await RunningBroker(place)
      try wait("the part", broker, job, ["part/a": "ready", "recipe/plan": "succeeded"])
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
      await broker.stop()
    }
  }

  @Test func `a broker that dies while it makes many tasks makes each of them once`() async throws {
    let many = """
      recipe: many
      inputs: {count: {type: json}}
      tasks:
        t: {foreach: {i: inputs.count}, kind: k}
      """
    try await withPlace { place in
      let numbers = (0..<1_000).map(String.init)
      var broker = try await RunningBroker(place)
      let job = try submit(broker, many, [("count", "[\(numbers.joined(separator: ","))]")])
      // Somewhere among them: there may be none yet, or all of them.
      try waitUntil("some tasks are there") { try states(broker, job, match: "t/1*").count > 0 }
      try await broker.crash()
      broker = try await RunningBroker(place)
      try wait("the recipe has ended", broker, job, ["recipe": "succeeded"])
      #expect(try Set(states(broker, job, match: "t/*").keys) == Set(numbers.map { "t/\($0)" }))
      let counts = try broker.client().get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "counts")
      #expect(counts.at("ready").int == 1_000)
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
      await broker.stop()
    }
  }

  @Test(arguments: [
    (#"{"file":"r.yaml","recipe":"recipe: r\ntasks: {a: {}}","values":{}}"#, "r.yaml:2:12: "),
    (#"{"file":"r.yaml","recipe":"recipe: [","values":{}}"#, "1:"),
    (#"{"recipe":"recipe: r"}"#, "no recipe in its payload"),
    ("{}", "no recipe in its payload"),
  ])
  func `a recipe that is wrong fails its own task, with its place, and nobody else's`(
    _ payload: String, _ words: String
  )
    async throws
  {
    try await withBroker { broker in
      let job = try broker.client().submit(
        #"{"kind":"recipe","tasks":[{"key":"recipe","op":"expand","payload":\#(payload)}]}"#)
      try wait("the failure", broker, job, ["recipe": "failed"])
      let error = try broker.client().get("Jobs.Errors", #"{"job":\#(job)}"#).at("errors").elements?.first
      #expect(error?.at("class").string == "bad_recipe")
      #expect(error?.at("message").string?.contains(words) == true, "\(error?.text ?? "")")
      let other = try submit(broker, Self.parts)
      try wait("another recipe", broker, other, ["recipe": "succeeded"])
    }
  }

  @Test func `a task that goes on with a recipe that the job does not have fails`() async throws {
    try await withBroker { broker in
      let job = try broker.client().submit(#"{"kind":"recipe","tasks":[{"key":"a","op":"expand"}]}"#)
      try wait("the failure", broker, job, ["a": "failed"])
    }
  }

  @Test func `JSON that is none fails what goes on with it, and made anew it is taken`() async throws {
    try await withBroker { broker in
      let job = try submit(broker, Self.parts, [("names", "x")])
      let worker = try ScriptedWorker(broker.place.socket, kind: "k")
      try make(worker, "plan", "plan.json", "no JSON")
      try wait("the failure", broker, job, ["recipe/plan": "failed"])
      let error = try broker.client().get("Jobs.Errors", #"{"job":\#(job)}"#).at("errors").elements?.first
      #expect(error?.at("message").string?.contains("'plan.json', which the task 'plan' has made, is no JSON") == true)
      try worker.finish(worker.lease())
      try broker.client().get("Jobs.Regenerate", #"{"job":\#(job),"match":"plan"}"#)
      try make(worker, "plan", "plan.json", #"{"parts":["a"]}"#)
      try broker.client().get("Jobs.Retry", #"{"job":\#(job)}"#)
      try wait("the part", broker, job, ["part/a": "leased"])
    }
  }

  @Test func `a plan that fails leaves what would be made of it skipped, and tried again it goes on`() async throws {
    try await withBroker { broker in
      let job = try submit(broker, Self.parts, [("names", "x")])
      let worker = try ScriptedWorker(broker.place.socket, kind: "k")
      let plan = try worker.lease()
      try worker.expectOK(worker.call("Fail", plan.id, #""class":"no","message":"no","retryable":false"#))
      try wait("the skip", broker, job, ["recipe/plan": "skipped", "plan": "failed"])
      let tasks = try broker.client().get("Jobs.Tasks", #"{"job":\#(job),"match":"recipe/**"}"#).at("tasks").elements
      #expect(tasks?.map { $0.at("title").string } == ["The tasks behind 'plan' (part, all)"])
      try worker.finish(worker.lease())
      try broker.client().get("Jobs.Retry", #"{"job":\#(job)}"#)
      try make(worker, "plan", "plan.json", #"{"parts":[]}"#)
      try wait("the end of the recipe", broker, job, ["recipe/plan": "succeeded", "all": "leased"])
    }
  }

  @Test func `JSON that is too large, or too much work, fails its recipe and holds up no other`() async throws {
    let numbers = "[\((0..<40_000).map(String.init).joined(separator: ","))]"
    let members = (0..<30_000).map { "\"k\($0)\":0" }.joined(separator: ",")
    for (parts, words) in [
      ("{\"parts\":\(numbers),\(members),\"z\":1}", "more than 20000000 steps"),
      ("{\"parts\":[\"\(filler(1_100_000))\"]}", "1 MiB each and 8 MiB together"),
    ] {
      try await withBroker { broker in
        let job = try submit(broker, Self.parts.replacing("{of: \"{part}\"}", with: "{of: \"{outputs.plan.z}\"}"))
        let worker = try ScriptedWorker(broker.place.socket, kind: "k")
        let plan = try worker.lease()
        try worker.putAll(plan.id, "plan.json", Array(parts.utf8))
        try wait("the failure", broker, job, ["recipe/plan": "failed"])
        let error = try broker.client().get("Jobs.Errors", #"{"job":\#(job)}"#).at("errors").elements?.first
        #expect(error?.at("message").string?.contains(words) == true, "\(error?.text ?? "")")
        let other = try submit(broker, Self.parts)
        try wait("another recipe", broker, other, ["recipe": "succeeded"])
      }
    }
  }

  @Test func `where many tasks make JSON, all that is made of it comes, in whatever order they end`() async throws {
    let many = """
      recipe: many
      tasks:
        plan: {foreach: {p: [a, b, c, d, e, f]}, kind: k, outputs: ["{p}.json"]}
        part: {foreach: {of: tasks.plan, x: outputs.plan.parts}, kind: k}
      """
    try await withBroker { broker in
      let job = try submit(broker, many)
      let worker = try ScriptedWorker(broker.place.socket, kind: "k", slots: 6)
      let plans = try (0..<6).map { _ in try worker.lease() }
      try worker.slots(0)
      for plan in plans.reversed() {
        let name = plan.key.suffix(1)
        try give(worker, plan, "\(name).json", #"{"parts":["1","2"]}"#)
        try wait("those of \(name)", broker, job, ["recipe/\(plan.key)": "succeeded"])
      }
      #expect(try states(broker, job).keys.count { $0.hasPrefix("part/") } == 12)
    }
  }

  @Test func `no worker gets a task of a recipe that the broker makes`() async throws {
    try await withBroker { broker in
      let reply = try broker.client().call("Worker.Hello", #"{"kind":"recipe","name":"w","pid":1,"slots":1}"#)
      #expect(reply.error != nil && reply.text.contains("done by the broker"), "\(reply.text)")
    }
  }

  @Test func `a job that is held pauses when its recipe has told what it can`() async throws {
    try await withBroker { broker in
      let job = try submit(broker, Self.parts, more: #","hold":true"#)
      try waitUntil("it pauses") {
        try broker.client().get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "state").string == "paused"
      }
      let worker = try ScriptedWorker(broker.place.socket, kind: "k")
      #expect(try !worker.hasOrder())
      try wait("what it has told", broker, job, ["plan": "ready", "fixed/one": "ready"])
      try broker.client().get("Jobs.Resume", #"{"job":\#(job)}"#)
      #expect(try worker.lease().key == "plan")
    }
  }

  @Test func `a drained broker waits for the recipe that it is at, and makes no other`() async throws {
    try await withPlace { place in
      let broker = try await RunningBroker(place)
      let jobs = try (0..<20).map { _ in try submit(broker, Self.parts) }
      try broker.client().get("Admin.Drain")
      #expect(await broker.waitForEnd() == 0)
      let next = try await RunningBroker(place)
      for job in jobs { try wait("each is made in the end", next, job, ["recipe": "succeeded", "plan": "ready"]) }
      await next.stop()
    }
  }

  // MARK: new_only

  private static let groups = """
    recipe: groups
    inputs: {names: {type: list, fold: true}, limit: {type: integer, default: 100}}
    tasks:
      top: {foreach: {name: inputs.names}, kind: k, outputs: ["{name}/top"], new_only: {limit: "{inputs.limit}"}}
      leaf: {foreach: {of: tasks.top, n: [1, 2]}, needs: [top], kind: k, outputs: ["{name}/{n}"]}
    """

  /// Does so many tasks, each of which makes what it declares.
  private func work(_ worker: ScriptedWorker, _ count: Int) throws {
    for _ in 0..<count {
      let lease = try worker.lease()
      let parts = lease.key.split(separator: "/")
      try give(worker, lease, parts[0] == "top" ? "\(parts[1])/top" : "\(parts[1])/\(parts[2])", lease.key)
    }
  }

  /// What the broker has logged when it made the tasks.
  private func remarks(_ broker: RunningBroker, _ job: Int64) throws -> [String?] {
    try (broker.client().get("Jobs.Logs", #"{"job":\#(job),"task":"recipe"}"#).at("lines").elements ?? []).map {
      $0.at("text").string
    }
  }

  private func keys(_ broker: RunningBroker, _ job: Int64) throws -> [String] {
    try waitUntil("the recipe has ended") { try states(broker, job, match: "recipe")["recipe"] == "succeeded" }
    return try states(broker, job).keys.filter { $0 != "recipe" }.sorted()
  }

  @Test func `what the project has is left out, what was begun is finished, and the limit takes the next ones`()
    async throws
  {
    try await withBroker { broker in
      let shared = #","project":"p""#
      let first = try submit(broker, Self.groups, [("names", "A"), ("names", "b"), ("limit", "1")], more: shared)
      #expect(try keys(broker, first) == ["leaf/a/1", "leaf/a/2", "top/a"])
      let worker = try ScriptedWorker(broker.place.socket, kind: "k")
      try work(worker, 3)
      let next = try submit(
        broker, Self.groups, [("names", " a"), ("names", "b"), ("names", "c"), ("limit", "1")], more: shared)
      #expect(try keys(broker, next) == ["leaf/b/1", "leaf/b/2", "top/b"])
      try work(worker, 2)
      try broker.client().get("Jobs.Cancel", #"{"job":\#(next)}"#)
      // Of b two files are there: it is finished, and c is the one that the limit allows.
      let last = try submit(
        broker, Self.groups, [("names", "a"), ("names", "b"), ("names", "c"), ("names", "d"), ("limit", "1")],
        more: shared)
      #expect(try keys(broker, last) == ["leaf/b/1", "leaf/b/2", "leaf/c/1", "leaf/c/2", "top/b", "top/c"])
      #expect(try remarks(broker, first) == ["'top': 1 of 2 made; left out: 1 beyond the limit"])
      #expect(
        try remarks(broker, last) == ["'top': 2 of 4 made; left out: 1 complete in the project, 1 beyond the limit"])
      let none = try submit(broker, Self.groups, [("names", "a")], more: shared)
      #expect(try keys(broker, none) == [])
      #expect(try remarks(broker, none) == ["'top': 0 of 1 made; left out: 1 complete in the project"])
      // Another project has nothing.
      #expect(try keys(broker, submit(broker, Self.groups, [("names", "a")])) == ["leaf/a/1", "leaf/a/2", "top/a"])
    }
  }

  @Test func `what was decided stays, whatever is made before the broker dies and comes back`() async throws {
    let many = """
      recipe: many
      inputs: {count: {type: json}, limit: {type: integer}}
      tasks:
        t: {foreach: {i: inputs.count}, kind: k, outputs: ["t/{i}"], new_only: {limit: "{inputs.limit}"}}
        u: {foreach: {of: tasks.t, n: [1, 2, 3, 4]}, needs: [t], kind: k, outputs: ["u/{i}/{n}"]}
      """
    let numbers = "[\((0..<600).map(String.init).joined(separator: ","))]"
    try await withPlace { place in
      var broker = try await RunningBroker(place)
      let job = try submit(broker, many, [("count", numbers), ("limit", "300")])
      try waitUntil("some tasks are there") { try states(broker, job, match: "t/1*").count > 0 }
      try await broker.crash()
      broker = try await RunningBroker(place)
      try wait("the recipe has ended", broker, job, ["recipe": "succeeded"])
      #expect(try Set(states(broker, job, match: "t/*").keys) == Set((0..<300).map { "t/\($0)" }))
      let counts = try broker.client().get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "counts")
      #expect(counts.at("ready").int == 300 && counts.at("blocked").int == 1_200)
      await broker.stop()
    }
  }

  @Test func `more than can be decided at once is refused, with what to do`() async throws {
    try await withBroker { broker in
      let names = (0..<2_001).map { ("names", "n\($0)") }
      let job = try submit(broker, Self.groups, names + [("limit", "3000")])
      try wait("the failure", broker, job, ["recipe": "failed"])
      let error = try broker.client().get("Jobs.Errors", #"{"job":\#(job)}"#).at("errors").elements?.first
      #expect(error?.at("message").string?.contains("give it a limit: 2000 tasks") == true, "\(error?.text ?? "")")
    }
  }

  @Test func `the declared files of a job are counted by folder, page by page`() async throws {
    try await withBroker { broker in
      let job = try submit(broker, Self.groups, [("names", "a"), ("names", "b"), ("names", "c")])
      _ = try keys(broker, job)
      let worker = try ScriptedWorker(broker.place.socket, kind: "k")
      try work(worker, 5)
      let reply = try broker.client().get("Jobs.Groups", #"{"job":\#(job),"limit":2}"#)
      #expect(reply.at("more").bool == true)
      let rest = try broker.client().get("Jobs.Groups", #"{"job":\#(job),"limit":2,"after":"b"}"#)
      let groups = (reply.at("groups").elements ?? []) + (rest.at("groups").elements ?? [])
      #expect(groups.map { $0.at("group").string } == ["a", "b", "c"] && rest.at("more").bool == false)
      #expect(groups.reduce(0) { $0 + ($1.at("present").int ?? 0) } == 5)
      #expect(groups.allSatisfy { $0.at("declared").int == 3 })
      for group in groups {
        let missing = (group.at("missing").elements ?? []).count
        #expect(missing == 3 - Int(group.at("present").int ?? 0))
      }
      let deep = try broker.client().get("Jobs.Groups", #"{"job":\#(job),"depth":2}"#).at("groups").elements ?? []
      #expect(deep.map { $0.at("group").string } == [""], "files that lie above")
    }
  }

  // MARK: Helpers

  /// Submits a recipe with values for its inputs; answers the job's number.
  private func submit(
    _ broker: RunningBroker, _ recipe: String, _ values: [(String, String)] = [], more: String = ""
  ) throws -> Int64 {
    let given = values.map { GivenInput($0.0, .text($0.1)) }
    let order = try RecipeOrder(file: "test.yaml", bytes: Array(recipe.utf8), given)
    let payload = String(decoding: order.payload.bytes, as: UTF8.self)
    return try broker.client().submit(
      #"{"kind":"recipe","tasks":[{"key":"recipe","op":"expand","payload":\#(payload)}]\#(more)}"#)
  }

  /// Does the task that comes next, which has to be this one.
  private func make(_ worker: ScriptedWorker, _ key: String, _ path: String, _ text: String) throws {
    let lease = try worker.lease()
    try #require(lease.key == key)
    try give(worker, lease, path, text)
  }

  private func give(_ worker: ScriptedWorker, _ lease: ScriptedWorker.Lease, _ path: String, _ text: String) throws {
    try worker.expectOK(worker.put(lease.id, path, text))
    try worker.expectOK(worker.complete(lease.id, [(path, text)]))
  }

  private func states(_ broker: RunningBroker, _ job: Int64, match: String? = nil) throws -> [String: String] {
    var states: [String: String] = [:]
    let client = try broker.client()
    defer { client.close() }
    var after = ""
    while true {
      let behind = after.isEmpty ? "" : ",\"after\":\"\(after)\""
      let matching = match.map { #","match":"\#($0)""# } ?? ""
      let page = try client.get("Jobs.Tasks", #"{"job":\#(job),"limit":500\#(behind)\#(matching)}"#)
      for task in page.at("tasks").elements ?? [] {
        states[task.at("key").string ?? ""] = task.at("state").string
        after = task.at("key").string ?? ""
      }
      guard page.at("more").bool == true else { return states }
    }
  }

  /// Waits until tasks have these states; one that shall not be there has none.
  private func wait(_ what: String, _ broker: RunningBroker, _ job: Int64, _ wanted: [String: String?]) throws {
    var found: [String: String] = [:]
    do {
      // Twenty million steps take a while where each access to memory is looked at, on a machine that does other things, too.
      try waitUntil(what, withinMs: 180_000) {
        found = try states(broker, job)
        return wanted.allSatisfy { found[$0.key] == $0.value }
      }
    } catch {
      throw SupportError(message: "\(error): \(found.sorted { $0.key < $1.key })")
    }
  }
}
