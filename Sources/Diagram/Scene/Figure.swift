/// What an element of a picture looks like, apart from its place.
enum Figure: Equatable, Sendable {
  case event(EventFigure)
  case activity(ActivityFigure)
  case gateway(GatewaySymbol)
  case pool(ContainerFigure)
  case lane(ContainerFigure)
  case dataObject(DataObjectFigure)
  case dataStore
  case annotation
  case group
  case conversation

  /// Pools, lanes, groups and opened activities: other nodes stand inside.
  var isContainer: Bool {
    switch self {
    case .pool, .lane, .group: true
    case .activity(let activity): activity.isExpanded
    default: false
    }
  }

  /// Whether the name stands outside of the figure.
  var hasOuterLabel: Bool {
    switch self {
    case .event, .gateway, .dataObject, .dataStore, .group, .conversation: true
    case .activity, .pool, .lane, .annotation: false
    }
  }

  var isBoundaryEvent: Bool {
    if case .event(let event) = self { event.position == .boundary } else { false }
  }
}

/// Where an event stands in the flow, which decides its rings.
enum EventPosition { case start, catching, throwing, boundary, end }

/// The trigger or result an event shows.
enum EventSymbol {
  case none, message, timer, escalation, conditional, link, error, cancel, compensation, signal, multiple
  case parallelMultiple, terminate
}

struct EventFigure: Equatable, Sendable {
  var position: EventPosition
  var symbol = EventSymbol.none
  /// Dashed rings: the event does not end the activity it interrupts.
  var isNonInterrupting = false

  /// Results are drawn filled, triggers as outlines.
  var isFilled: Bool { position == .throwing || position == .end }
}

enum TaskIcon { case user, service, script, manual, businessRule, send, receive, instantiatingReceive }

enum ActivityMarker { case loop, parallel, sequential, compensation, adHoc, collapsed }

enum ActivityBorder { case plain, call, transaction, eventSubProcess }

struct ActivityFigure: Equatable, Sendable {
  var border = ActivityBorder.plain
  var icon: TaskIcon?
  var markers: [ActivityMarker] = []
  /// The contents are shown inside.
  var isExpanded = false
  /// What starts a collapsed event sub-process; drawn in its corner.
  var startEvent: EventFigure?
}

enum GatewaySymbol: Equatable, Sendable {
  case exclusive(isMarked: Bool)
  case parallel, inclusive, complex, eventBased, instantiatingExclusive, instantiatingParallel
}

struct ContainerFigure: Equatable, Sendable {
  var isVertical = false
  /// A pool without a process of its own: the name stands in the middle.
  var isBlackBox = false
  var isMultiple = false
}

struct DataObjectFigure: Equatable, Sendable {
  enum Direction { case none, input, output }

  var direction = Direction.none
  var isCollection = false
}

/// What a line of a picture means.
enum EdgeFigure: Equatable, Sendable {
  enum Envelope { case none, initiating, answering }
  enum Arrow { case none, one, both }

  case sequence(isDefault: Bool, isConditional: Bool)
  case message(Envelope)
  case association(Arrow)
  case data
  case conversationLink
}
