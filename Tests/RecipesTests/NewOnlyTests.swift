import JSON
import JobModel
import Testing

@testable import Recipes

@Suite struct `A recipe leaves out what is there` {
  private static let yaml = """
    recipe: r
    inputs: {styles: {type: list, fold: true}, limit: {type: integer, default: 100}}
    tasks:
      style:
        foreach: {style: inputs.styles}
        kind: docs
        title: "{index.style}/{count.style}"
        outputs: ["{style}/style.json"]
        new_only: {limit: "{inputs.limit}"}
      room:
        foreach: {of: tasks.style, room: [bath, hall]}
        needs: [style]
        kind: docs
        payload: {about: "{outputs.style.mood}"}
        outputs: ["{style}/{room}.json"]
      index: {kind: docs, needs: [style, room], outputs: [index.html]}
    """

  private func expanded(
    _ styles: [String], limit: String = "100", _ presence: [Presence]
  ) throws -> (groups: [NewOnlyGroup], expansion: Expansion) {
    let recipe = try recipe(Self.yaml)
    let given = styles.map { GivenInput("styles", .text($0)) } + [GivenInput("limit", .text(limit))]
    let values = try recipe.values(given)
    let groups = try recipe.newOnlyGroups(values)
    return (groups, try recipe.expand(values, selection: recipe.selection(of: groups, presence, values)))
  }

  @Test func `a group is a task with everything that is made from it, whatever that waits for`() throws {
    let groups = try expanded(["a", "b"], [.empty, .empty]).groups
    #expect(groups.map(\.key.text) == ["style/a", "style/b"])
    #expect(groups[1].outputs.map(\.text) == ["b/style.json", "b/bath.json", "b/hall.json"])
  }

  @Test func `what is complete is left out, what was begun is made, of the rest the first ones`() throws {
    let found = try expanded(["a", "b", "c", "d", "e"], limit: "1", [.complete, .empty, .partial, .empty, .complete])
    let styles = found.expansion.tasks.filter { $0.declaration == "style" }
    #expect(styles.map(\.key.text) == ["style/b", "style/c"])
    #expect(styles.map(\.title) == ["1/2", "2/2"], "counted among those that are made")
    #expect(found.expansion.waits.map(\.maker.text) == ["style/b", "style/c"])
  }

  @Test func `when nothing is left, what is made of the groups is made of none`() throws {
    let tasks = try expanded(["a", "b"], [.complete, .complete]).expansion.tasks
    #expect(tasks.map(\.key.text) == ["index"] && tasks[0].needs.isEmpty)
    #expect(try expanded(["a"], limit: "0", [.empty]).expansion.tasks.map(\.key.text) == ["index"])
  }

  @Test func `names that differ in capitals and white space are one`() throws {
    let groups = try expanded(["Art  Deco", "art deco", " ART DECO\t", "Zen"], [.empty, .empty]).groups
    #expect(groups.map(\.key.text) == ["style/art deco", "style/zen"])
  }
}
