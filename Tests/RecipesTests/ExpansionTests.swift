import JSON
import JobModel
import Testing
import Wire
import YAML

@testable import Recipes

@Suite struct `A recipe becomes tasks` {
  @Test func `one for each combination, the later variable inside the former`() throws {
    let recipe = try recipe(
      oneTask("foreach: {style: inputs.styles, room: [bath, 2]}", inputs: "inputs: {styles: {type: list}}\n"))
    let expansion = try recipe.expand([("styles", "Modern"), ("styles", "Art Deco")])
    #expect(expansion.keys == ["one/Modern/bath", "one/Modern/2", "one/Art Deco/bath", "one/Art Deco/2"])
    #expect(expansion.waits.isEmpty)
  }

  @Test func `with all that a task may say`() throws {
    let members = """
      op: text
      key: "t/{x}"
      title: Task {x}
      phase: first
      payload: {deep: {x: "{x}"}, n: 1}
      prompt: Write {x}
      schema: {type: object}
      credits: 3
      collections: ["all {x}"]
      section: part {x}
      columns: {type: page, product: "{x}"}
      outputs: ["{x}.json", "{x}/page.html"]
      foreach: {x: [a]}
      timeout_ms: 60000
      max_attempts: 5
      max_crashes: 2
      reuse_by: payload
      """
    let task = try #require(try recipe(oneTask(members)).expand().tasks.first)
    let payload = #"{"deep":{"x":"a"},"n":1,"prompt":"Write a","schema":{"type":"object"}}"#
    #expect(task.payloadText == payload)
    #expect(task.credits == 3 && task.collections.map(\.text) == ["all a"] && task.section == "part a")
    #expect(task.columns[.type] == "page" && task.columns[.product] == "a" && task.columns.members.count == 2)
    #expect(task.key.text == "t/a" && task.title == "Task a" && task.phase == "first")
    #expect(task.kind.name == "docs" && task.op == "text" && task.declaration == "one")
    #expect(task.outputs.map(\.text) == ["a.json", "a/page.html"])
    #expect(task.timeoutMs == 60000 && task.attemptsMax == 5 && task.crashesMax == 2 && task.reuseBy == .payload)
    #expect(task.needs.isEmpty && !task.waitsForSettled)
  }

  @Test func `with nothing but a kind`() throws {
    let task = try #require(try recipe(oneTask("")).expand().tasks.first)
    #expect(task.key.text == "one" && task.payloadText == "{}")
    #expect(task.op == nil && task.title == nil && task.phase == nil && task.reuseBy == nil)
    #expect(task.credits == 0 && task.collections.isEmpty && task.section == nil && task.columns.isEmpty)
  }

  private static let catalogue = """
    recipe: c
    tasks:
      summary: {kind: docs, foreach: {s: tasks.style}, needs: [room], needs_policy: settled}
      index: {kind: docs, needs: [style, summary]}
      style: {kind: docs, foreach: {style: [Modern, Rustic]}}
      room:
        kind: docs
        foreach: {of: tasks.style, room: [kitchen, bath]}
        needs: [style]
        payload: {of: "{of}", style: "{style}"}
      image:
        kind: images
        foreach: {from: tasks.room, number: [1, 2]}
        needs: [room, style]
    """

  @Test func `made from tasks inherit their variables`() throws {
    let expansion = try recipe(Self.catalogue).expand()
    #expect(expansion.task("room/Rustic/bath")?.payloadText == #"{"of":"style/Rustic","style":"Rustic"}"#)
    #expect(expansion.keys.filter { $0.hasPrefix("image") }.count == 8)
    #expect(expansion.task("image/Modern/bath/2") != nil)
  }

  @Test func `need those that were made for the same tasks`() throws {
    let expansion = try recipe(Self.catalogue).expand()
    func needs(_ key: String) -> [String]? { expansion.task(key)?.needs.map(\.text) }
    #expect(needs("room/Rustic/bath") == ["style/Rustic"])
    #expect(needs("image/Modern/bath/2") == ["room/Modern/bath", "style/Modern"])
    #expect(needs("summary/Modern") == ["room/Modern/kitchen", "room/Modern/bath"])
    #expect(needs("index") == ["style/Modern", "style/Rustic", "summary/Modern", "summary/Rustic"])
    #expect(expansion.task("summary/Modern")?.waitsForSettled == true)
  }

  @Test func `each behind those that it needs`() throws {
    var known: Set<TaskKey> = []
    for task in try recipe(Self.catalogue).expand().tasks {
      #expect(known.isSuperset(of: task.needs))
      known.insert(task.key)
    }
  }

  @Test func `the same each time`() throws {
    let recipe = try recipe(Self.catalogue)
    #expect(try recipe.expand().tasks == recipe.expand().tasks)
  }

  @Test func `none of an empty list, where that is allowed`() throws {
    let yaml = oneTask("foreach: {x: inputs.l}", inputs: "inputs: {l: {type: list, min: 0, default: []}}\n")
    let expansion = try recipe(yaml).expand()
    #expect(expansion.tasks.isEmpty && expansion.waits.isEmpty)
  }
}

@Suite struct `A recipe waits for what an earlier task makes` {
  private static let yaml = """
    recipe: p
    tasks:
      plan: {kind: code, outputs: [plan.json]}
      entity:
        kind: code
        foreach: {entity: outputs.plan.entities}
        key: "entity/{entity.name}"
        outputs: ["models/{entity.name}.json"]
      field:
        kind: code
        foreach: {of: tasks.entity, field: outputs.entity.fields}
        key: "{of}/{field}"
      notes: {kind: docs, prompt: "Sum up {outputs.plan.about}"}
      main: {kind: code, needs: [field]}
      other: {kind: docs}
    """

  @Test func `and says for what`() throws {
    let expansion = try recipe(Self.yaml).expand()
    #expect(expansion.keys == ["plan", "other"])
    let waits = expansion.waits.map { "\($0.declaration) \($0.maker)" }
    #expect(waits == ["entity plan", "field plan", "notes plan", "main plan"])
  }

  @Test func `then goes on from it, part by part`() throws {
    let recipe = try recipe(Self.yaml)
    let plan = ("plan", #"{"about": "a shop", "entities": [{"name": "Post"}, {"name": "User"}]}"#)
    let planned = try recipe.expand(outputs: [plan])
    #expect(planned.keys == ["plan", "entity/Post", "entity/User", "notes", "other"])
    #expect(planned.task("entity/Post")?.needs.map(\.text) == ["plan"])
    #expect(planned.task("notes")?.needs.map(\.text) == ["plan"])
    #expect(
      planned.waits.map { "\($0.declaration) \($0.maker)" }
        == ["field entity/Post", "field entity/User", "main entity/Post"])
    let post = ("entity/Post", #"{"fields": ["title"]}"#)
    #expect(try recipe.expand(outputs: [plan, post]).task("entity/Post/title")?.needs.map(\.text) == ["entity/Post"])
    #expect(try recipe.expand(outputs: [plan, post]).task("main") == nil)
    let all = try recipe.expand(outputs: [plan, post, ("entity/User", #"{"fields": []}"#)])
    #expect(all.waits.isEmpty)
    #expect(all.task("main")?.needs.map(\.text) == ["entity/Post/title"])
  }

  @Test func `only where it has to: needs of the same task that are known are enough`() throws {
    let yaml = """
      recipe: r
      tasks:
        a: {kind: docs, foreach: {n: [x, y]}, outputs: ["{n}.json"]}
        b: {kind: docs, foreach: {of: tasks.a, m: outputs.a}}
        c: {kind: docs, foreach: {of: tasks.a}, needs: [b]}
      """
    let expansion = try recipe(yaml).expand(outputs: [("a/y", "[1]")])
    #expect(expansion.keys == ["a/x", "a/y", "b/y/1", "c/y"])
    #expect(expansion.task("c/y")?.needs.map(\.text) == ["b/y/1"])
  }

  @Test func `and does not care for JSON of others`() throws {
    #expect(try recipe(Self.yaml).expand(outputs: [("other", "1"), ("nobody", "2")]).keys == ["plan", "other"])
  }

  @Test(arguments: [
    (#"{"entities": {}}"#, "r.yaml:6:23: 'outputs.plan.entities' is an object, no list"),
    (#"[]"#, "r.yaml:6:23: 'outputs.plan.entities': a list without a member 'entities'"),
    (#"{"entities": [{"name": ["a"]}]}"#, "r.yaml:7:18: 'entity.name' is a list, no text"),
    (#"{"entities": [{"name": "a"}, {"name": "a"}]}"#, "r.yaml:7:10: two tasks 'entity' have the key 'entity/a'"),
    (
      #"{"entities": [{"name": "a\nb"}]}"#,
      "r.yaml:7:10: 'entity/a\\u{a}b' cannot be the key of a task (task 'entity')"
    ),
    (
      #"{"entities": [{"name": "../b"}]}"#,
      "r.yaml:8:15: 'models/../b.json' cannot be the path of a file: it holds '.' or '..'"
    ),
  ])
  func `and refuses what it cannot use, with the place that wanted it`(_ output: String, _ message: String) throws {
    let recipe = try recipe(Self.yaml)
    let error = try #require(throws: RecipeError.self) { try recipe.expand(outputs: [("plan", output)]) }
    #expect(error.text(file: "r.yaml").hasPrefix(message + "\n  "), "\(error.text(file: "r.yaml"))")
  }
}

@Suite struct `What a recipe becomes is bounded` {
  private func failure(_ yaml: String, _ limits: ExpansionLimits = ExpansionLimits()) throws -> RecipeError {
    let recipe = try recipe(yaml)
    let values = try recipe.values([])
    return try #require(throws: RecipeError.self) { try recipe.expand(values, limits: limits) }
  }

  @Test func `in the number of tasks`() throws {
    let numbers = (0..<100).map(String.init).joined(separator: ", ")
    let error = try failure(oneTask("foreach: {a: [\(numbers)], b: [\(numbers)], c: [\(numbers)], d: [\(numbers)]}"))
    #expect(error.problem == "the recipe becomes more than 50000 tasks")
  }

  @Test func `in needs and bytes`() throws {
    var limits = ExpansionLimits()
    limits.bytesMax = 10
    #expect(try failure(oneTask("prompt: Write something"), limits).problem.hasPrefix("the tasks take more than"))
    // Titles and what files are found by take room as well.
    limits.bytesMax = 200
    let hundred = String(repeating: "t", count: 100)
    let titled = oneTask("outputs: [a]\ntitle: \(hundred)\ncolumns: {type: \(hundred)}")
    #expect(try failure(titled, limits).problem.hasPrefix("the tasks take more than"))
    limits = ExpansionLimits()
    limits.needsMax = 1
    let yaml = "recipe: r\ntasks:\n  a: {kind: docs, foreach: {x: [1, 2]}}\n  b: {kind: docs, needs: [a]}\n"
    #expect(try failure(yaml, limits).problem.hasPrefix("the tasks take more than 1 needs"))
  }

  @Test func `in the work that it takes, whatever JSON comes`() throws {
    var limits = ExpansionLimits()
    limits.stepsMax = 10_000
    let members = (0..<500).map { "\"k\($0)\":0" }.joined(separator: ",")
    let numbers = (0..<300).map(String.init).joined(separator: ",")
    let json = "{\"s\":[\(numbers)],\(members),\"z\":1}"
    for yaml in [
      // Each task looks through all members.
      oneTask("foreach: {x: inputs.j.s}\npayload: {t: '{inputs.j.z}'}", inputs: "inputs: {j: {type: json}}\n"),
      // Each element of one list goes through another one.
      oneTask("foreach: {x: inputs.j.s, y: inputs.j.s}", inputs: "inputs: {j: {type: json}}\n"),
    ] {
      let recipe = try recipe(yaml)
      let values = try recipe.values([GivenInput("j", .text(json))])
      let error = try #require(throws: RecipeError.self) { try recipe.expand(values, limits: limits) }
      #expect(error.problem == "making the tasks takes more than 10000 steps")
    }
  }

  @Test func `in the size and depth of a payload`() throws {
    let inputs = "inputs: {t: {type: text, default: \(String(repeating: "x", count: 2000))}}\n"
    let long = oneTask("prompt: '\(String(repeating: "{inputs.t}", count: 200))'", inputs: inputs)
    #expect(try failure(long).problem == "the text gets longer than 262144 bytes")
    let many = oneTask("payload: {a: [\(String(repeating: "'{inputs.t}', ", count: 200))]}", inputs: inputs)
    #expect(try failure(many).problem == "the payload gets longer than 256 KiB")
    let recipe = try recipe(oneTask("payload: {a: '{inputs.j}'}", inputs: "inputs: {j: {type: json}}\n"))
    let deep = String(repeating: "[", count: 48) + String(repeating: "]", count: 48)
    let error = try #require(throws: RecipeError.self) { try recipe.expand([("j", deep)]) }
    #expect(error.problem == "the payload is nested deeper than 48")
    #expect(RecipeLimits.payloadDepthMax == WireLimits.objectDepthMax)
  }

  @Test func `in the length of keys`() throws {
    let error = try failure(oneTask("foreach: {x: [\(String(repeating: "k", count: 600))]}"))
    #expect(error.problem.hasSuffix("cannot be the key of a task (task 'one')"))
  }

  @Test func `in outputs, each of which one task makes`() throws {
    let yaml =
      "recipe: r\ninputs: {i: {type: text, default: x}}\ntasks:\n  a: {kind: docs, outputs: [x]}\n"
      + "  b: {kind: docs, outputs: [y, '{inputs.i}']}\n"
    let error = try failure(yaml)
    #expect(error.text(file: "r.yaml").hasPrefix("r.yaml:5:32: 'x' would be made twice, by 'a' and 'b'\n"))
  }

  @Test func `in keys, each of which one task has`() throws {
    let yaml =
      "recipe: r\ninputs: {i: {type: text, default: b}}\ntasks:\n  a: {kind: docs, key: '{inputs.i}'}\n"
      + "  b: {kind: docs}\n"
    #expect(try failure(yaml).text(file: "r.yaml").hasPrefix("r.yaml:5:3: tasks 'a' and 'b' have the key 'b'\n"))
    let twice = try failure(oneTask("foreach: {x: [a, b, a]}"))
    #expect(twice.remedy == "take out what stands twice in a list, or put another variable into 'key:'")
  }
}
