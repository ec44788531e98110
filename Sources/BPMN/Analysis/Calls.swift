extension ProcessSet {
  /// Resolves the calls between the documents.
  package init(_ documents: [Document]) {
    self.documents = documents
    let index = CallableIndex(documents)
    for (document, model) in documents.enumerated() {
      for node in model.nodes {
        guard let reference = node.activity?.call else { continue }
        let caller = NodeReference(document: document, node: node.handle)
        callsByNode[caller] = calls.count
        calls.append(
          Call(
            caller: caller, callerProcess: ProcessReference(document: document, process: node.process),
            written: reference.written, target: index.target(of: reference, from: document)))
      }
    }
    findRecursion()
  }

  private mutating func findRecursion() {
    var callees: [ProcessReference: [ProcessReference]] = [:]
    for call in calls {
      if let process = call.process { callees[call.callerProcess, default: []].append(process) }
    }
    var stepsLeft = Limits.cycleSearchStepsMax
    for index in calls.indices {
      guard let process = calls[index].process else { continue }
      let caller = calls[index].callerProcess
      if process == caller {
        calls[index].recursion = .itself
      } else if let way = Self.way(from: process, to: caller, callees, &stepsLeft) {
        calls[index].recursion = .cycle([caller] + way)
      }
    }
  }

  /// The shortest way along the calls, from the start up to before the end; nil when there is none (or, in sets far
  /// beyond any real one, when the search has used up its steps).
  private static func way(
    from start: ProcessReference, to end: ProcessReference, _ callees: [ProcessReference: [ProcessReference]],
    _ stepsLeft: inout Int
  ) -> [ProcessReference]? {
    var cameFrom: [ProcessReference: ProcessReference] = [:]
    var queue = [start]
    var next = 0
    while next < queue.count, stepsLeft > 0 {
      let process = queue[next]
      next += 1
      stepsLeft -= 1
      for callee in callees[process] ?? [] {
        if callee == end { return trace(process, start, cameFrom) }
        guard callee != start, cameFrom[callee] == nil else { continue }
        cameFrom[callee] = process
        queue.append(callee)
      }
    }
    return nil
  }

  private static func trace(
    _ last: ProcessReference, _ start: ProcessReference, _ cameFrom: [ProcessReference: ProcessReference]
  ) -> [ProcessReference] {
    var way = [last]
    while let before = way.last.flatMap({ cameFrom[$0] }), way.last != start { way.append(before) }
    return way.reversed()
  }
}

/// Everything that can be called, by id and by name.
private struct CallableIndex {
  private let documents: [Document]
  private var processesByID: [String: [ProcessReference]] = [:]
  private var processesByName: [String: [ProcessReference]] = [:]
  private var tasksByID: [String: [(document: Int, task: Handle<GlobalTask>)]] = [:]

  init(_ documents: [Document]) {
    self.documents = documents
    for (document, model) in documents.enumerated() {
      for process in model.processes {
        let reference = ProcessReference(document: document, process: process.handle)
        if !process.id.isEmpty { processesByID[process.id, default: []].append(reference) }
        if let name = process.plainName { processesByName[name, default: []].append(reference) }
      }
      for task in model.globalTasks { tasksByID[task.id, default: []].append((document, task.handle)) }
    }
  }

  func target(of call: CallReference, from document: Int) -> Call.Target {
    guard let written = call.written else { return .absent }
    switch call.form {
    case .absent: return .absent
    case .expression: return .expression(written)
    case .caseReference: return .caseReference(written)
    case .name: return named(written, from: document)
    case .id: return identified(written, namespace: call.namespace, from: document)
    }
  }

  /// Apex names a diagram, which is a file: the name of a process there, or of the file, or the id.
  private func named(_ name: String, from document: Int) -> Call.Target {
    let plain = collapsingWhitespace(name)
    let byFile = documents.indices.filter { Self.stem(documents[$0].fileName) == plain }
      .flatMap { file in documents[file].processes.map { ProcessReference(document: file, process: $0.handle) } }
    for candidates in [processesByName[plain] ?? [], byFile, processesByID[plain] ?? []] where !candidates.isEmpty {
      return choose(candidates, written: name, from: document)
    }
    return .unresolved(name)
  }

  /// The id as written, else behind the prefix; the prefix's namespace decides between files.
  private func identified(_ id: String, namespace: String?, from document: Int) -> Call.Target {
    if let exact = processesByID[id] { return choose(exact, written: id, from: document) }
    if let task = task(id, from: document) { return task }
    let local = localPart(id)
    guard local != id else { return .unresolved(id) }
    if let candidates = processesByID[local] {
      let matching = candidates.filter { namespace != nil && documents[$0.document].targetNamespace == namespace }
      return choose(matching.isEmpty ? candidates : matching, written: id, from: document)
    }
    return task(local, from: document) ?? .unresolved(id)
  }

  /// The only one; of several the only one of the caller's own file.
  private func choose(_ candidates: [ProcessReference], written: String, from document: Int) -> Call.Target {
    if candidates.count == 1 { return .process(candidates[0]) }
    let own = candidates.filter { $0.document == document }
    return own.count == 1 ? .process(own[0]) : .ambiguous(written, candidates: candidates)
  }

  private func task(_ id: String, from document: Int) -> Call.Target? {
    guard let tasks = tasksByID[id] else { return nil }
    let task = tasks.first { $0.document == document } ?? tasks[0]
    return .globalTask(document: task.document, task: task.task)
  }

  /// The file's name without folders and endings.
  private static func stem(_ fileName: String) -> String {
    let last = fileName.split(separator: "/").last.map(String.init) ?? fileName
    return last.split(separator: ".").first.map(String.init) ?? last
  }
}
