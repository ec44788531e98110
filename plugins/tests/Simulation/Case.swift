import BPMN

/// One run of a process: the same game with tokens as `bpmn_simulator.py` plays, move for move. The scenarios are found
/// with it, and it says what a test has to expect; so whoever changes one of the two changes the other.
struct Case {
  private let net: Net
  private var tokens: [Token] = []
  private var scopes: [Scope] = []
  private var queue: [(node: Int, flow: Int?, scope: Int)] = []
  private var decisions: Set<Int> = []
  private var repeats: [Int: Int] = [:]
  private var holds: Set<Int> = []
  private var numbers = 0
  private let root: Int

  /// The nodes that were passed, in their order.
  private(set) var passed: [Int] = []
  /// What was sent, raised or broadcast.
  private(set) var thrown: [NetEvent] = []
  /// Nodes at which no flow was to be taken.
  private(set) var stuck: [Int] = []
  /// The name of the error that nobody has caught.
  private(set) var failed: String?
  private(set) var hasEnded = false
  /// Tokens went round without ever coming to a place where they wait. The case is of no use then.
  private(set) var runsForEver = false

  /// Where a case stands: at a node, in one scope.
  private struct Token {
    let number: Int
    let node: Int
    let scope: Int
    let state: State
    var remaining = 1
    var flow: Int?
    /// The scope that an active sub-process has opened.
    var inner: Int?

    enum State { case active, waiting, joining, held, stuck }
  }

  /// One run of a process, or of a sub-process in it.
  private struct Scope {
    let number: Int
    let place: NetPlace
    /// The number of the sub-process's token.
    let token: Int?
    let parent: Int?
    /// The activities, in the order of their completion: for compensation.
    var completed: [Int] = []
    var cleared = 0
  }

  /// Moves after one action, and tokens of a case: more of either never come to rest.
  private static let movesMax = 1_000
  private static let tokensMax = 150

  init(_ net: Net, process: Int) {
    self.net = net
    numbers = 1
    root = 1
    scopes = [Scope(number: 1, place: .process(process), token: nil, parent: nil)]
  }
}

// MARK: What tests see and do

extension Case {
  /// The nodes at which the case stands, in the order of the model, one for each token.
  var at: [Int] { tokens.map(\.node).sorted() }

  /// Whether work at a node can be said to be done.
  func isAtWork(_ node: Int) -> Bool { tokens.contains { $0.node == node && $0.state == .active && $0.inner == nil } }

  func isActive(_ node: Int) -> Bool { token(at: node, .active) != nil }
  func isHeld(_ node: Int) -> Bool { token(at: node, .held) != nil }
  func isWaiting(_ node: Int) -> Bool { token(at: node, .waiting) != nil }

  /// Does what a test does; tells whether it was possible.
  mutating func perform(_ action: Action) -> Bool {
    switch action {
    case .start(let nodes):
      for node in nodes { queue.append((node, nil, root)) }
    case .place(let node):
      openAround(node)
      guard let scope = scope(of: net.nodes[node].place) else { return false }
      enter(node, scope)
    case .bring(let flow):
      let target = net.flows[flow].target
      if scope(of: net.nodes[target].place) == nil { openAround(target) }
      guard let scope = scope(of: net.nodes[target].place) else { return false }
      queue.append((target, flow, scope))
    case .decide(let flows): decisions = Set(flows)
    case .repeatWork(let node, let times): repeats[node] = times
    case .hold(let node): holds.insert(node)
    case .go(let node): guard go(node) else { return false }
    case .complete(let node): guard complete(node) else { return false }
    case .occur(let event): guard occur(event) else { return false }
    }
    if action.moves { settle() }
    return !runsForEver
  }

  private mutating func go(_ node: Int) -> Bool {
    guard let token = token(at: node, .held) else { return false }
    remove(token.number)
    execute(node, token.scope)
    return true
  }

  private mutating func complete(_ node: Int) -> Bool {
    guard let token = token(at: node, .active), token.inner == nil else { return false }
    finish(token.number)
    return true
  }

  private mutating func occur(_ event: Int) -> Bool {
    if let token = token(at: event, .waiting) {
      remove(token.number)
      leave(event, token.scope)
    } else if let token = gatewayToken(event) {
      remove(token.number)
      passed.append(event)
      leave(event, token.scope)
    } else if let scope = compensableScope(event), let host = net.nodes[event].host,
      let handler = net.nodes[event].handler
    {
      removeCompleted(host, in: scope)
      passed.append(event)
      queue.append((handler, nil, scope))
    } else if let token = hostToken(event) {
      catchAtBoundary(event, token)
    } else if let scope = startScope(event) {
      catchAtStart(event, scope)
    } else {
      return false
    }
    return true
  }

  /// Whether something waits for an event.
  func canOccur(_ event: Int) -> Bool {
    isWaiting(event) || gatewayToken(event) != nil || compensableScope(event) != nil || hostToken(event) != nil
      || startScope(event) != nil
  }
}

// MARK: Events

extension Case {
  private func gatewayToken(_ event: Int) -> Token? {
    tokens.first { token in
      token.state == .waiting && net.nodes[token.node].kind == .eventBasedGateway
        && net.nodes[token.node].outgoing.contains { net.flows[$0].target == event }
    }
  }

  /// The activity at whose boundary an event waits.
  private func hostToken(_ event: Int) -> Token? {
    let node = net.nodes[event]
    guard let host = node.host, node.handler == nil else { return nil }
    return token(at: host, .active)
  }

  private func compensableScope(_ event: Int) -> Int? {
    let node = net.nodes[event]
    guard let host = node.host, node.handler != nil else { return nil }
    return scopes.first { $0.completed.contains(host) }?.number
  }

  private func startScope(_ event: Int) -> Int? {
    guard net.nodes[event].kind == .startEvent, case .node(let around) = net.nodes[event].place,
      net.nodes[around].isEventSubProcess
    else { return nil }
    return scope(of: net.nodes[around].place)
  }

  private mutating func catchAtBoundary(_ event: Int, _ token: Token) {
    if net.nodes[event].isInterrupting { remove(token.number) }
    queue.append((event, nil, token.scope))
  }

  private mutating func catchAtStart(_ event: Int, _ scope: Int) {
    guard case .node(let around) = net.nodes[event].place else { return }
    if net.nodes[event].isInterrupting { clear(scope) }
    let token = add(around, scope, .active)
    passed.append(around)
    queue.append((event, nil, open(.node(around), token, scope)))
  }

  /// Looks for whoever catches it, from the inside out; tells whether somebody did.
  private mutating func throwUpwards(_ thrown: NetEvent, _ scope: Int) -> Bool {
    var current: Int? = scope
    while let number = current, let scope = self[scope: number] {
      if let event = eventStarts(in: scope.place).first(where: { catches($0, thrown) }) {
        catchAtStart(event, number)
        return true
      }
      if let token = scope.token.flatMap({ number in tokens.first { $0.number == number } }),
        let event = net.nodes[token.node].boundary.first(where: { catches($0, thrown) })
      {
        catchAtBoundary(event, token)
        return true
      }
      current = scope.parent
    }
    return false
  }

  private func eventStarts(in place: NetPlace) -> [Int] {
    net.children(of: place).filter { net.nodes[$0].isEventSubProcess }.flatMap { child in
      net.children(of: .node(child)).filter { net.nodes[$0].kind == .startEvent }
    }
  }

  private func catches(_ event: Int, _ thrown: NetEvent) -> Bool {
    net.nodes[event].events.contains {
      $0.kind == thrown.kind && ($0.name.isEmpty || thrown.name.isEmpty || $0.name == thrown.name)
    }
  }

  /// What a throwing event does; tells whether the token goes on from it.
  private mutating func throwEvents(of node: Int, _ scope: Int) -> Bool {
    var goesOn = true
    let cleared = self[scope: scope]?.cleared
    for event in net.nodes[node].events {
      switch event.kind {
      case .message, .signal: thrown.append(event)
      case .escalation:
        thrown.append(event)
        _ = throwUpwards(event, scope)
      case .error, .cancel:
        if event.kind == .error { thrown.append(event) }
        if !throwUpwards(event, scope) {
          failed = event.name.isEmpty ? event.kind.rawValue : event.name
          clear(root)
        }
        goesOn = false
      case .terminate:
        clear(scope)
        goesOn = false
      case .compensation: compensate(node, scope)
      case .link: for target in net.nodes[node].links { queue.append((target, nil, scope)) }
      case .timer, .conditional: break
      }
    }
    return goesOn && self[scope: scope].map { $0.cleared == cleared } ?? false
  }

  private mutating func compensate(_ node: Int, _ scope: Int) {
    let wanted = net.nodes[node].compensates
    for done in (self[scope: scope]?.completed ?? []).reversed() where wanted.isEmpty || wanted.contains(done) {
      for event in net.nodes[done].boundary {
        guard let handler = net.nodes[event].handler else { continue }
        removeCompleted(done, in: scope)
        queue.append((handler, nil, scope))
      }
    }
  }

  private mutating func removeCompleted(_ node: Int, in scope: Int) {
    guard let place = scopes.firstIndex(where: { $0.number == scope }),
      let index = scopes[place].completed.firstIndex(of: node)
    else { return }
    scopes[place].completed.remove(at: index)
  }
}

// MARK: Tokens move

extension Case {
  /// Moves everything that can move by itself.
  private mutating func settle() {
    var moves = 0
    repeat {
      while !queue.isEmpty {
        moves += 1
        guard moves <= Self.movesMax, tokens.count <= Self.tokensMax else {
          runsForEver = true
          return
        }
        let move = queue.removeFirst()
        if self[scope: move.scope] != nil { arrive(move.node, move.flow, move.scope) }
      }
    } while closeScope() || joinInclusively()
  }

  private mutating func arrive(_ index: Int, _ flow: Int?, _ scope: Int) {
    let node = net.nodes[index]
    let joining: [FlowNode.Kind] = [.parallelGateway, .inclusiveGateway, .complexGateway]
    guard let flow, node.incoming.count > 1, joining.contains(node.kind) else { return enter(index, scope) }
    _ = add(index, scope, .joining, flow: flow)
    guard node.kind == .parallelGateway else { return }
    let found = node.incoming.map { flow in
      tokens.first { $0.node == index && $0.scope == scope && $0.state == .joining && $0.flow == flow }
    }
    guard found.allSatisfy({ $0 != nil }) else { return }
    for token in found { remove(token?.number ?? 0) }
    enter(index, scope)
  }

  /// An inclusive join goes on when no other token of its scope can still come to it.
  private mutating func joinInclusively() -> Bool {
    for token in tokens where token.state == .joining && net.nodes[token.node].kind != .parallelGateway {
      let here = tokens.filter { $0.scope == token.scope }
      let isJoining = { (other: Token) in other.node == token.node && other.state == .joining }
      if here.contains(where: { !isJoining($0) && leads($0.node, to: token.node) }) { continue }
      for other in here where isJoining(other) { remove(other.number) }
      enter(token.node, token.scope)
      return true
    }
    return false
  }

  private func leads(_ source: Int, to target: Int) -> Bool {
    var seen: Set<Int> = [source]
    var pending = [source]
    while let index = pending.popLast() {
      let node = net.nodes[index]
      for next in node.outgoing.map({ net.flows[$0].target }) + node.links + node.boundary {
        if next == target { return true }
        if seen.insert(next).inserted { pending.append(next) }
      }
    }
    return false
  }

  private mutating func enter(_ node: Int, _ scope: Int) {
    passed.append(node)
    if holds.contains(node) { _ = add(node, scope, .held) } else { execute(node, scope) }
  }

  private mutating func execute(_ index: Int, _ scope: Int) {
    let node = net.nodes[index]
    switch (node.waits, node.kind) {
    case (.work, _): begin(index, scope)
    case (.event, _): _ = add(index, scope, .waiting)
    case (.not, .intermediateThrowEvent), (.not, .implicitThrowEvent), (.not, .endEvent):
      if throwEvents(of: index, scope) { leave(index, scope) }
    default: leave(index, scope)
    }
  }

  private mutating func begin(_ index: Int, _ scope: Int) {
    let times = net.nodes[index].loop == nil ? 1 : repeats[index] ?? 1
    guard times > 0 else { return leave(index, scope) }
    let token = add(index, scope, .active, remaining: times)
    if !net.nodes[index].entries.isEmpty { openInside(token) }
  }

  private mutating func openInside(_ token: Int) {
    guard let place = tokens.firstIndex(where: { $0.number == token }) else { return }
    let node = tokens[place].node
    let scope = open(.node(node), token, tokens[place].scope)
    for entry in net.nodes[node].entries { queue.append((entry, nil, scope)) }
  }

  /// One run of the work of an activity is over.
  private mutating func finish(_ number: Int) {
    guard let place = tokens.firstIndex(where: { $0.number == number }) else { return }
    tokens[place].remaining -= 1
    let token = tokens[place]
    guard token.remaining <= 0 else {
      if token.inner != nil { openInside(number) }
      return
    }
    remove(number)
    if let scope = scopes.firstIndex(where: { $0.number == token.scope }) { scopes[scope].completed.append(token.node) }
    leave(token.node, token.scope)
  }

  /// Ends the innermost scope in which nothing is left.
  private mutating func closeScope() -> Bool {
    guard let place = scopes.lastIndex(where: { scope in !tokens.contains { $0.scope == scope.number } }) else {
      return false
    }
    let scope = scopes.remove(at: place)
    if let token = scope.token { finish(token) } else { hasEnded = true }
    return true
  }

  private mutating func leave(_ node: Int, _ scope: Int) {
    guard let flows = chosen(node) else {
      stuck.append(node)
      _ = add(node, scope, .stuck)
      return
    }
    for flow in flows { queue.append((net.flows[flow].target, flow, scope)) }
  }

  /// The flows that are taken from a node; nil when there are some, and none of them may be.
  private func chosen(_ index: Int) -> [Int]? {
    let node = net.nodes[index]
    let conditional = node.outgoing.filter { net.flows[$0].isDecision }
    guard !conditional.isEmpty, node.kind != .parallelGateway, node.kind != .eventBasedGateway else {
      return node.outgoing
    }
    let holding = conditional.filter(decisions.contains)
    let byDefault = node.outgoing.filter { $0 == node.defaultFlow }
    if node.kind == .exclusiveGateway {
      let taken = holding.isEmpty ? byDefault : Array(holding.prefix(1))
      return taken.isEmpty ? nil : taken
    }
    let always = node.outgoing.filter { !net.flows[$0].isDecision && $0 != node.defaultFlow }
    let taken = always + (holding.isEmpty ? byDefault : holding)
    return taken.isEmpty ? nil : taken
  }
}

// MARK: Bookkeeping

extension Case {
  private subscript(scope number: Int) -> Scope? { scopes.first { $0.number == number } }

  private func scope(of place: NetPlace) -> Int? { scopes.first { $0.place == place }?.number }

  private func token(at node: Int, _ state: Token.State) -> Token? {
    tokens.first { $0.node == node && $0.state == state }
  }

  private mutating func open(_ place: NetPlace, _ token: Int, _ parent: Int) -> Int {
    numbers += 1
    scopes.append(Scope(number: numbers, place: place, token: token, parent: parent))
    if let index = tokens.firstIndex(where: { $0.number == token }) { tokens[index].inner = numbers }
    return numbers
  }

  /// Opens what is around a node, without starting anything in it.
  private mutating func openAround(_ node: Int) {
    var around: [Int] = []
    var place = net.nodes[node].place
    while case .node(let index) = place {
      around.append(index)
      place = net.nodes[index].place
    }
    var inner = root
    for index in around.reversed() { inner = open(.node(index), add(index, inner, .active), inner) }
  }

  private mutating func add(
    _ node: Int, _ scope: Int, _ state: Token.State, remaining: Int = 1, flow: Int? = nil
  ) -> Int {
    numbers += 1
    tokens.append(Token(number: numbers, node: node, scope: scope, state: state, remaining: remaining, flow: flow))
    return numbers
  }

  private mutating func remove(_ number: Int) {
    guard let place = tokens.firstIndex(where: { $0.number == number }) else { return }
    let token = tokens.remove(at: place)
    guard let inner = token.inner else { return }
    clear(inner)
    scopes.removeAll { $0.number == inner }
  }

  /// Takes everything out of a scope; it stays open, until it is seen to be empty.
  private mutating func clear(_ scope: Int) {
    if let place = scopes.firstIndex(where: { $0.number == scope }) { scopes[place].cleared += 1 }
    for token in tokens where token.scope == scope { remove(token.number) }
    queue.removeAll { $0.scope == scope }
  }
}
