import CommandLine
import Foundation
import JSON
import JobModel
import Recipes
import TestSupport
import Testing

@testable import genbroker

@Suite struct `Recipes on the command line` {
  private static let yaml = """
    recipe: rooms
    about: Texts about rooms
    inputs:
      styles: {type: list, about: What to write about}
      rooms: {type: list, default: [kitchen, bath]}
    limits: {budget_usd: 5}
    tasks:
      style: {kind: docs, foreach: {style: inputs.styles}, outputs: ["{style}.json"]}
      room: {kind: docs, op: text, foreach: {of: tasks.style, room: inputs.rooms}, needs: [style], phase: rooms}
      part: {kind: docs, foreach: {of: tasks.style, part: outputs.style}}
    """

  private func view(_ inputs: [GivenInput]?) throws -> RecipeView {
    let recipe = try Recipe(parsing: Array(Self.yaml.utf8))
    guard let inputs else { return RecipeView(recipe: recipe) }
    let values = try recipe.values(inputs)
    return RecipeView(recipe: recipe, values: values, expansion: try recipe.expand(values))
  }

  @Test func `are shown with what they ask for`() throws {
    let text = """
      rooms  Texts about rooms
      at most $5.00

      INPUT   TYPE  VALUE               ABOUT
      styles  list  needed              What to write about
      rooms   list  ["kitchen","bath"]

      TASK   KIND  OP    FOR EACH
      style  docs        style in inputs.styles
      room   docs  text  of in tasks.style, room in inputs.rooms
      part   docs        of in tasks.style, part in outputs.style

      give a value for 'styles' with --input to see the tasks
      """
    let lines = try view(nil).lines(listsTasks: true, width: nil, style: .plain)
    #expect(lines.joined(separator: "\n") == text)
  }

  @Test func `are shown with what they become`() throws {
    let text = """
      rooms  Texts about rooms
      at most $5.00

      INPUT   TYPE  VALUE               ABOUT
      styles  list  ["Modern"]          What to write about
      rooms   list  ["kitchen","bath"]

      TASK   KIND  OP    FOR EACH                                  TASKS
      style  docs        style in inputs.styles                        1
      room   docs  text  of in tasks.style, room in inputs.rooms       2
      part   docs        of in tasks.style, part in outputs.style     0+

      KEY                  PHASE  NEEDS  OUTPUTS
      style/Modern                    0  Modern.json
      room/Modern/kitchen  rooms      1
      room/Modern/bath     rooms      1

      more of 'part' when 'style/Modern' has made its JSON
      """
    let view = try view([GivenInput("styles", .text("Modern"))])
    #expect(view.lines(listsTasks: true, width: nil, style: .plain).joined(separator: "\n") == text)
  }

  @Test func `say which of their tasks leave out what the project has, and how many new ones they take`() throws {
    let recipe = try Recipe(
      parsing: Array(
        """
        recipe: r
        inputs: {names: {type: list}, limit: {type: integer, default: 7}, open: {type: integer}}
        tasks:
          a: {kind: k, foreach: {n: inputs.names}, outputs: ["a/{n}"], new_only: {limit: "{inputs.limit}"}}
          b: {kind: k, foreach: {n: inputs.names}, outputs: ["b/{n}"], new_only: {limit: 3}}
          c: {kind: k, foreach: {n: inputs.names}, outputs: ["c/{n}"], new_only: true}
          d: {kind: k, foreach: {n: inputs.names}, outputs: ["d/{n}"], new_only: {limit: "{inputs.open}"}}
          e: {kind: k, foreach: {n: inputs.names}, outputs: ["e/{n}"]}
        """.utf8))
    let before = "has new_only: what the project has whole is left out; of the new ones"
    func lines(_ view: RecipeView) -> [String] {
      view.lines(listsTasks: true, width: nil, style: .plain).filter { $0.contains("new_only") }
    }
    #expect(
      lines(RecipeView(recipe: recipe)) == [
        "'a' \(before) at most 7 are made (inputs.limit)", "'b' \(before) at most 3 are made",
        "'c' \(before) all are made", "'d' \(before) as many as it says are made (inputs.open)",
      ])
    let values = try recipe.values(
      [("names", "x"), ("limit", "2"), ("open", "-1")].map { GivenInput($0.0, .text($0.1)) })
    let view = RecipeView(recipe: recipe, values: values, expansion: try recipe.expand(values))
    #expect(lines(view).first == "'a' \(before) at most 2 are made (inputs.limit)")
    guard case .array(let outline)? = view.json["outline"] else { throw UsageError("no outline") }
    #expect(outline.map { $0["new_only"]?["limit"] } == [2, 3, .null, 0, nil])
  }

  /// The first two blocks of code of the page about the format: a recipe, and a session with it.
  @Test func `are shown as their documentation says`() throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try #require(contents(package.appending(path: "Sources/Recipes/README.md").path))
    let blocks = page.split(separator: "```", omittingEmptySubsequences: false)
    let recipe = try Recipe(parsing: Array(blocks[1].dropFirst("yaml\n".count).utf8))
    let values = try recipe.values([GivenInput("styles", .text("Modern"))])
    let view = RecipeView(recipe: recipe, values: values, expansion: try recipe.expand(values))
    let session = blocks[3].split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).dropLast()
    #expect(view.lines(listsTasks: true, width: nil, style: .plain) == session.map(String.init))
  }

  @Test func `are JSON with every task in the words of a task that is submitted`() throws {
    let json = try view([GivenInput("styles", .text("Modern"))]).json
    guard case .array(let tasks)? = json["tasks"] else {
      Issue.record("no tasks")
      return
    }
    #expect(
      tasks[1] == [
        "task": "room", "key": "room/Modern/kitchen", "kind": "docs", "op": "text", "phase": "rooms", "payload": [:],
        "needs": ["style/Modern"], "outputs": [],
      ])
    #expect(json["waits"] == [["task": "part", "for": "style/Modern"]])
    #expect(json["limits"] == ["pico_usd": 5_000_000_000_000])
    #expect(try view(nil).json["tasks"] == nil)
  }

  @Test func `take values from files, of a file for the job only its name`() throws {
    let recipe = try Recipe(
      parsing: Array("recipe: r\ninputs: {i: {type: file}, t: {type: text}}\ntasks: {a: {kind: docs}}".utf8))
    try withDirectory { root in
      try put("words", at: "\(root)/t.txt")
      let given = try [("i", "@\(root)/none.png"), ("t", "@\(root)/t.txt")].map {
        try RecipeFile.given(KeyValue(key: $0.0, value: $0.1), recipe)
      }
      let values = try recipe.values(given)
      #expect(values["i"]?.string == "none.png")
      #expect(values["t"]?.string == "words")
      #expect(throws: UsageError.self) {
        try RecipeFile.given(KeyValue(key: "t", value: "@\(root)/none.txt"), recipe)
      }
    }
  }

  @Test func `take the output of a task as JSON`() throws {
    let (key, value) = try RecipeFile.made(KeyValue(key: "plan", value: "[1]"))
    #expect(key.text == "plan" && value.elements?.count == 1)
    #expect(throws: UsageError.self) { try RecipeFile.made(KeyValue(key: "plan", value: "[1")) }
    #expect(throws: UsageError.self) { try RecipeFile.made(KeyValue(key: "a\nb", value: "1")) }
  }

  @Test func `whose --output names no task are refused`() throws {
    let tasks = try #require(try view([GivenInput("styles", .text("Modern"))]).expansion?.tasks)
    try RecipeShow.check("style/Modern", is: tasks)
    #expect(throws: UsageError("--output: there is no task 'style/Moder'", hint: "did you mean 'style/Modern'?")) {
      try RecipeShow.check("style/Moder", is: tasks)
    }
    #expect(throws: UsageError("--output: there is no task 'zzzzzzz'", hint: "--tasks lists them")) {
      try RecipeShow.check("zzzzzzz", is: tasks)
    }
  }

  @Test func `are compared with what the plugins here can do`() throws {
    let recipe = try Recipe(
      parsing: Array(
        """
        recipe: r
        tasks:
          a: {kind: docs, op: pge}
          b: {kind: dosc}
          c: {kind: docs, op: page}
          d: {kind: docs}
          e: {kind: mute}
          f: {kind: another-thing}
        """.utf8))
    let plugins = RecipePlugins(
      ["docs": .ops(["page", "index"]), "mute": .silent(path: "/p/genplugin-mute", why: "did not answer")],
      kinds: ["docs", "mute"])
    #expect(
      plugins.warnings(on: recipe) == [
        "task 'a': the plugin for 'docs' has no op 'pge'; did you mean 'page'?",
        "task 'b': no plugin for the kind 'dosc' is found here; did you mean 'docs'?",
        "task 'd': the plugin for 'docs' has no op 'generate'; it has page, index",
        "task 'e': /p/genplugin-mute did not answer",
        "task 'f': no plugin for the kind 'another-thing' is found here; it needs a worker that has one, or "
          + "'another-thing' is misspelt",
      ])
  }

  @Test func `that are wrong are told to programs with their place`() throws {
    let error = try #require(throws: RecipeError.self) { try Recipe(parsing: Array("recipe: r\ntask: 1\n".utf8)) }
    #expect(
      error.json(file: "r.yaml") == [
        "file": "r.yaml",
        "error": [
          "line": 2, "column": 1, "problem": "a recipe has no member 'task'", "remedy": "did you mean 'tasks'?",
        ],
      ])
  }

  @Test(arguments: [
    (["check"], false), (["check", "a", "b", "--json"], true), (["show", "a", "--input", "x=1"], true),
    (["show"], false),
  ])
  func `are commands of their own`(words: [String], isRun: Bool) {
    let parsed = genbrokerProgram.parse(["recipe"] + words)
    if case .run = parsed { #expect(isRun) } else { #expect(!isRun) }
  }
}
