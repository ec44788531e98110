import JSON
import JSONSchema
import JobModel
import YAML

/// Reads one task of a recipe.
struct TaskReader {
  let source: SourceText

  func read(_ member: YAMLMember) throws(RecipeError) -> TaskDeclaration {
    let name = try member.checkedName("a task")
    let members = try Members(member.value, "task '\(name)'", known: RecipeMembers.task)
    try requireOutputs(members, name)
    return TaskDeclaration(
      name: name, place: member.place, loops: try members.read("foreach", loops) ?? [],
      kind: try kind(members), op: try members.read("op", op), key: try members.read("key", template),
      title: try members.read("title", template), phase: try members.read("phase", template),
      payload: try payload(members), outputs: try members.read("outputs", outputs) ?? [],
      needs: try members.read("needs", needs) ?? [],
      waitsForSettled: try members.read("needs_policy", policy) ?? false,
      timeoutMs: try members.read("timeout_ms") { node, what throws(RecipeError) in
        try node.integer(what, in: 1...ModelLimits.timeoutMsMax)
      },
      attemptsMax: try members.read("max_attempts", attempts), crashesMax: try members.read("max_crashes", attempts),
      reuseBy: try members.read("reuse_by") { node, what throws(RecipeError) in
        try choice(ReuseBasis.allCases, node, what)
      },
      credits: try members.read("credits") { node, what throws(RecipeError) in
        try node.integer(what, in: 0...ModelLimits.creditsPerCallMax)
      } ?? 0,
      columns: try members.read("columns", columns) ?? [],
      collections: try members.read("collections", collections) ?? [], section: try members.read("section", template),
      newOnly: try members.read("new_only", newOnly) ?? nil)
  }

  /// A collection counts the outputs that its tasks declare.
  private func requireOutputs(_ members: Members, _ name: String) throws(RecipeError) {
    let outputs = try members.value("outputs")?.elements("'outputs'") ?? []
    if let node = members.value("collections"), outputs.isEmpty {
      throw RecipeError(
        node.place, "task '\(name)' has collections and no outputs", remedy: "add 'outputs:', which a collection counts"
      )
    }
    if let node = members.value("section"), members.value("collections") == nil {
      throw RecipeError(
        node.place, "task '\(name)' has a section and no collections", remedy: "add 'collections:', or leave it out")
    }
  }

  // MARK: new_only

  /// `true`, `false`, or a mapping with a limit.
  private func newOnly(_ node: YAMLNode, _ what: String) throws(RecipeError) -> NewOnly? {
    if case .scalar = node.content {
      guard let isOn = try RawJSON(node.json()).value.bool else {
        throw RecipeError(node.place, "\(what) is \(node.words)", remedy: "write true, or {limit: 5}")
      }
      return isOn ? NewOnly(limit: nil, place: node.place) : nil
    }
    let members = try Members(node, what, known: RecipeMembers.newOnly)
    return NewOnly(limit: try members.read("limit", limit), place: node.place)
  }

  private func limit(_ node: YAMLNode, _ what: String) throws(RecipeError) -> NewOnly.Limit {
    guard case .scalar(let scalar) = node.content, scalar.value == .text else {
      return .number(Int(try node.integer(what, in: 0...Int64(Int32.max))))
    }
    guard let placeholder = try template(node, what).single, case .input = placeholder.reference.root else {
      throw RecipeError(
        node.place, "\(what) is neither a number nor an input", remedy: "write 5, or \"{inputs.NAME}\"")
    }
    return .input(placeholder)
  }

  // MARK: Words

  private func kind(_ members: Members) throws(RecipeError) -> Kind {
    let node = try members.required("kind", remedy: "add 'kind:' with the kind of its plugin, such as docs")
    let name = try node.text("'kind'")
    let kind: Kind
    do throws(NameError) {
      kind = try Kind(name)
    } catch {
      throw RecipeError(node.place, error.message, remedy: error.remedy)
    }
    guard kind != .recipe else {
      throw RecipeError(
        node.place, "tasks of kind '\(kind)' are the broker's own", remedy: "write the kind of a plugin, such as docs")
    }
    return kind
  }

  private func op(_ node: YAMLNode, _ what: String) throws(RecipeError) -> String {
    try node.line(what, bytesMax: ModelLimits.keyBytesMax)
  }

  private func attempts(_ node: YAMLNode, _ what: String) throws(RecipeError) -> Int {
    Int(try node.integer(what, in: 1...Int64(ModelLimits.attemptsMax)))
  }

  private enum NeedsPolicy: String, CaseIterable { case all, settled }

  private func policy(_ node: YAMLNode, _ what: String) throws(RecipeError) -> Bool {
    try choice(NeedsPolicy.allCases, node, what) == .settled
  }

  private func choice<Choice: RawRepresentable<String>>(
    _ choices: [Choice], _ node: YAMLNode, _ what: String
  ) throws(RecipeError) -> Choice {
    let name = try node.text(what)
    guard let choice = Choice(rawValue: name) else {
      throw RecipeError(
        node.place, "\(what) cannot be '\(visible(name))'",
        remedy: suggestion(for: name, among: choices.map(\.rawValue), "it can be"))
    }
    return choice
  }

  private func needs(_ node: YAMLNode, _ what: String) throws(RecipeError) -> [Named] {
    var names: Set<String> = []
    return try node.elements(what).map { element throws(RecipeError) in
      let name = try element.text("the name of a task in 'needs'")
      guard names.insert(name).inserted else {
        throw RecipeError(element.place, "'\(visible(name))' stands twice in 'needs'", remedy: "keep one of them")
      }
      return Named(name: name, place: element.place)
    }
  }

  // MARK: foreach

  private func loops(_ node: YAMLNode, _ what: String) throws(RecipeError) -> [Loop] {
    let members = try node.members(what)
    guard !members.isEmpty else {
      throw RecipeError(node.place, "\(what) is empty", remedy: "write 'variable: inputs.NAME', or leave it out")
    }
    try RecipeReader.bound(members.count, RecipeLimits.loopsMax, "variables of one foreach", node)
    return try members.enumerated().map { index, member throws(RecipeError) in try loop(member, isFirst: index == 0) }
  }

  private func loop(_ member: YAMLMember, isFirst: Bool) throws(RecipeError) -> Loop {
    let name = try member.checkedName("a variable")
    guard !Reference.taken.contains(name) else {
      throw RecipeError(member.place, "'\(name)' cannot be the name of a variable", remedy: "use another word")
    }
    let loop = Loop(
      variable: name, source: try loopSource(member.value, name), place: member.place, sourcePlace: member.value.place)
    if case .tasks = loop.source, !isFirst {
      throw RecipeError(
        member.place, "only the first variable of 'foreach' can go through tasks",
        remedy: "put it first, and take the others from lists")
    }
    return loop
  }

  private func loopSource(_ node: YAMLNode, _ variable: String) throws(RecipeError) -> Loop.Source {
    if case .list(let elements) = node.content {
      guard !elements.isEmpty else {
        throw RecipeError(node.place, "'\(variable)' goes through an empty list", remedy: "add an element")
      }
      return .literal(try elements.map { element throws(RecipeError) in RawJSON(try element.json()).value })
    }
    let text = try node.text("what '\(variable)' goes through")
    let names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if names.count == 2, names[0] == Reference.tasks, Reference.isName(names[1]) { return .tasks(names[1]) }
    guard names[0] != Reference.tasks, let reference = Reference(text) else {
      throw RecipeError(
        node.place, "'\(visible(text))' is nothing that 'foreach' can go through",
        remedy: "write inputs.NAME, outputs.TASK.MEMBER, tasks.TASK, an earlier variable's member, or a list in [ ]")
    }
    return .list(reference)
  }

  // MARK: Texts

  private func template(_ node: YAMLNode, _ what: String) throws(RecipeError) -> Template {
    try TemplateReader.read(try node.text(what), of: node, in: source)
  }

  private func outputs(_ node: YAMLNode, _ what: String) throws(RecipeError) -> [Template] {
    try RecipeReader.bound(try node.elements(what).count, ModelLimits.outputsPerTaskMax, "outputs", node)
    return try node.elements(what).map { element throws(RecipeError) in try template(element, "a path in 'outputs'") }
  }

  // MARK: Payload

  private func payload(_ members: Members) throws(RecipeError) -> PayloadTemplate {
    var payload = try members.read("payload", ownPayload) ?? []
    if let prompt = try members.read("prompt", template) { payload.append(("prompt", .string(prompt))) }
    if let node = members.value("schema") { payload.append(("schema", .value(try SchemaReader.read(node).raw))) }
    return .map(payload)
  }

  private func ownPayload(
    _ node: YAMLNode, _ what: String
  ) throws(RecipeError) -> [(name: String, value: PayloadTemplate)] {
    try node.members(what).map { member throws(RecipeError) in
      guard !RecipeMembers.payload.contains(member.name) else {
        throw RecipeError(
          member.place, "'\(member.name)' in the payload is made from the task's own '\(member.name)'",
          remedy: "write it beside 'payload', not inside")
      }
      return (member.name, try payloadTemplate(member.value))
    }
  }

  private func payloadTemplate(_ node: YAMLNode) throws(RecipeError) -> PayloadTemplate {
    switch node.content {
    case .scalar(let scalar):
      guard scalar.value == .text else { return .value(RawJSON(try node.json(of: scalar))) }
      return .text(try TemplateReader.read(scalar.text, of: node, in: source))
    case .list(let elements):
      return .list(try elements.map { element throws(RecipeError) in try payloadTemplate(element) })
    case .map(let members):
      return .map(
        try members.map { member throws(RecipeError) in (member.name, try payloadTemplate(member.value)) })
    }
  }

  private func collections(_ node: YAMLNode, _ what: String) throws(RecipeError) -> [Template] {
    try RecipeReader.bound(try node.elements(what).count, ModelLimits.collectionsPerTaskMax, "collections", node)
    return try node.elements(what).map { element throws(RecipeError) in try template(element, "a name in 'collections'")
    }
  }

  private func columns(
    _ node: YAMLNode, _ what: String
  ) throws(RecipeError) -> [(name: FileColumns.Name, value: Template)] {
    try node.members(what).map { member throws(RecipeError) in
      guard let name = FileColumns.Name.ofTasks.first(where: { $0.rawValue == member.name }) else {
        throw RecipeError(
          member.place, "there is no column '\(visible(member.name))'",
          remedy: suggestion(for: member.name, among: FileColumns.Name.ofTasks.map(\.rawValue), "there are"))
      }
      return (name, try template(member.value, "the column '\(name.rawValue)'"))
    }
  }
}
