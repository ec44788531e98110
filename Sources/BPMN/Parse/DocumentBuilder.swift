/// Makes a `Document` of a tree in two passes: `collect` walks the tree once, in document order and without
/// recursion, and makes every element; `link` resolves what they refer to.
struct DocumentBuilder {
  var document: Document
  let tree: XMLTree
  var usedKeys: Set<String> = []
  var lineOfID: [String: Int] = [:]
  var ordinals: [String: Int] = [:]
  var categoryValues: [String: String] = [:]
  /// What elements say before it can be resolved.
  var written = WrittenReferences()
  private var suppressedWarnings = 0

  init(tree: XMLTree, fileName: String) {
    self.tree = tree
    document = Document(fileName: fileName, common: ElementCommon(id: "", key: "", name: nil, line: 1, tag: ""))
  }

  mutating func build() {
    for warning in tree.warnings { warn(warning.code, warning.line, warning.message) }
    readDefinitions()
    collect()
    link()
    collectDiagrams()
    checkContent()
    document.titles = TitleMaker.titles(for: document)
    finishWarnings()
  }

  /// Where in the model an element of the tree stands.
  struct Context {
    var process: Handle<ProcessDefinition>?
    /// What takes flow nodes; nil where none may stand.
    var scope: Scope?
    /// The flow node whose details are read.
    var owner: Handle<FlowNode>?
    var collaboration: Handle<Collaboration>?
    var lane: Handle<Lane>?
    var laneSetName: String?
    /// Inside of something that is not interpreted.
    var isUnknown = false
  }

  private mutating func collect() {
    var pending: [(element: Int, context: Context)] = tree.elements[0].children.reversed().map { ($0, Context()) }
    while let (element, context) = pending.popLast() {
      noteForeign(element)
      guard tree.elements[element].vocabulary == .bpmn else { continue }
      guard let inner = visit(element, context) else { continue }
      for child in tree.elements[element].children.reversed() { pending.append((child, inner)) }
    }
  }

  /// A vendor's element is an extension; one of no namespace is more likely a prefix that was forgotten.
  private mutating func noteForeign(_ element: Int) {
    let source = tree.elements[element]
    guard source.vocabulary == .none else { return }
    let name = source.name.prefix(Limits.tagCharactersShownMax)
    warn(.unknownElement, source.line, "<\(name)> belongs to no namespace; kept as an extension")
  }

  /// Makes the element; answers the context for its children, nil when they are not to be visited.
  private mutating func visit(_ element: Int, _ context: Context) -> Context? {
    let tag = tree.elements[element].name
    if context.isUnknown { return addInsideUnknown(element) }
    if let kind = FlowNode.Kind(rawValue: tag) { return addFlowNode(kind, element, context) }
    if let kind = DataItem.Kind(rawValue: tag) { return addData(kind, element, context) }
    if let kind = CatalogueEntry.Kind(rawValue: tag) { return addCatalogueEntry(kind, element, context) }
    if let kind = GlobalTask.Kind(rawValue: tag) { return addGlobalTask(kind, element) }
    return visitStructure(tag, element, context)
  }

  private mutating func visitStructure(_ tag: String, _ element: Int, _ context: Context) -> Context? {
    switch tag {
    case "process": addProcess(element)
    case "collaboration": addCollaboration(element)
    case "participant": addParticipant(element, context)
    case "messageFlow": addMessageFlow(element, context)
    case "laneSet", "childLaneSet": laneSetContext(element, context)
    case "lane": addLane(element, context)
    case "sequenceFlow": addSequenceFlow(element, context)
    case "dataInputAssociation": addDataAssociation(.input, element, context)
    case "dataOutputAssociation": addDataAssociation(.output, element, context)
    case "textAnnotation": addAnnotation(element, context)
    case "group": addGroup(element, context)
    case "association": addAssociation(element, context)
    case "category": readCategory(element)
    case "ioSpecification", "artifacts": context
    case let tag where detailTags.contains(tag): nil
    default: addUnknown(element, .unknownElement, "is not interpreted; kept as it is")
    }
  }

  private mutating func readDefinitions() {
    document.common = common(of: 0)
    document.targetNamespace = tree.attribute("targetNamespace", of: 0)
    document.exporter = tree.attribute("exporter", of: 0)
    document.exporterVersion = tree.attribute("exporterVersion", of: 0)
    document.expressionLanguage = tree.attribute("expressionLanguage", of: 0)
    document.imports = tree.children("import", of: 0).map { element in
      ImportDeclaration(
        namespace: tree.attribute("namespace", of: element) ?? "",
        location: tree.attribute("location", of: element) ?? "",
        importType: tree.attribute("importType", of: element) ?? "", line: tree.elements[element].line)
    }
    for element in tree.elements[0].children { noteShared(element) }
  }

  /// Notes what elements before it in the file may refer to.
  private mutating func noteShared(_ element: Int) {
    guard tree.elements[element].vocabulary == .bpmn, let id = tree.attribute("id", of: element) else { return }
    let tag = tree.elements[element].name
    if tag == "resource" { written.resourceNames[id] = tree.attribute("name", of: element) }
    if tag.hasSuffix("EventDefinition") { written.sharedEventDefinitions[id] = element }
  }

  private mutating func checkContent() {
    guard document.processes.isEmpty, document.collaborations.isEmpty, document.globalTasks.isEmpty else { return }
    warn(.emptyModel, document.line, "the file holds no process, collaboration or global task")
  }
}

extension DocumentBuilder {
  /// Notes something tolerated; beyond the limit only how many more there were.
  mutating func warn(_ code: ParseWarning.Code, _ line: Int, _ message: String) {
    guard document.warnings.count < Limits.warningCountMax else { return suppressedWarnings += 1 }
    document.warnings.append(ParseWarning(code: code, line: line, message: message))
  }

  private mutating func finishWarnings() {
    // Sorting has to be stable: two warnings of a line stay in the order in which they arose.
    let byLine = document.warnings.enumerated().sorted {
      ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
    }
    document.warnings = byLine.map(\.element)
    guard suppressedWarnings > 0 else { return }
    document.warnings.append(
      ParseWarning(code: .moreWarnings, line: 1, message: "\(suppressedWarnings) more warnings are not listed"))
  }
}

extension Document: ModelElement {}

/// References as written, by the index of what they belong to.
struct WrittenReferences {
  var defaultFlows: [Int: String] = [:]
  var nodeMessages: [Int: String] = [:]
  var nodeOperations: [Int: String] = [:]
  var laneNodes: [Int: [String]] = [:]
  var dataReferents: [Int: String] = [:]
  var messageFlowMessages: [Int: String] = [:]
  var groupCategories: [Int: String] = [:]
  /// Names of resources that performers refer to, by id.
  var resourceNames: [String: String] = [:]
  /// Definitions at the top of the file, for `eventDefinitionRef`.
  var sharedEventDefinitions: [String: Int] = [:]
}

/// Elements of BPMN that say something about the element around them and are read with it, or that no page shows.
private let detailTags: Set<String> = [
  "activationCondition", "assignment", "auditing", "categoryValue", "categoryValueRef", "completionCondition",
  "complexBehaviorDefinition", "condition", "conditionExpression", "correlationKey", "correlationProperty",
  "correlationPropertyBinding", "correlationPropertyRef", "correlationPropertyRetrievalExpression",
  "correlationSubscription", "dataInputRefs", "dataOutputRefs", "dataState", "definitionalCollaborationRef",
  "documentation", "endPoint", "endPointRef", "eventDefinitionRef", "expression", "extension", "extensionElements",
  "flowNodeRef", "formalExpression", "from", "humanPerformer", "import", "incoming", "inMessageRef", "inputDataItem",
  "inputSet", "inputSetRefs", "interfaceRef", "ioBinding", "loopCardinality", "loopCondition", "loopDataInputRef",
  "loopDataOutputRef", "messagePath", "monitoring", "multiInstanceLoopCharacteristics", "outgoing", "outMessageRef",
  "outputDataItem", "outputSet", "outputSetRefs", "participantMultiplicity", "partitionElement", "partnerEntity",
  "partnerRole", "performer", "potentialOwner", "relationship", "rendering", "resourceAssignmentExpression",
  "resourceParameter", "resourceParameterBinding", "resourceRef", "resourceRole", "script", "source", "sourceRef",
  "standardLoopCharacteristics", "supportedInterfaceRef", "supports", "target", "targetRef", "text", "timeCycle",
  "timeDate", "timeDuration", "to", "transformation", "value", "errorRef", "whileExecutingInputRefs",
  "whileExecutingOutputRefs", "optionalInputRefs", "optionalOutputRefs",
  "cancelEventDefinition", "compensateEventDefinition", "conditionalEventDefinition", "errorEventDefinition",
  "escalationEventDefinition", "linkEventDefinition", "messageEventDefinition", "signalEventDefinition",
  "terminateEventDefinition", "timerEventDefinition",
]
