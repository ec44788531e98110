/// One thing that a test does with a case, and what is to come of it.
struct Scenario: Hashable, Sendable {
  /// Words that become the name of the test; different ones for different scenarios of a file, as a rule.
  var name: String
  /// What is so before, what is done, and what is to be so then, each one sentence without full stop.
  var given: String
  var when: String
  var then: String
  /// Whether it begins where the scenarios of its file begin (`Suite.approach`), rather than with a new case.
  var beginsAtNode = true
  /// How often the work of the node is done, when that is said before it begins.
  var times: Int?
  var actions: [Action]
  var expectation: Expectation
  /// Why it cannot come out as it should: the model itself is in the way.
  var fault: String?
}

/// What is to be so at the end of a scenario.
struct Expectation: Hashable, Sendable {
  /// Where the case stands, in the order of the model.
  var at: [Int] = []
  var hasEnded = false
  var failed: String?
  /// Nodes at which no flow was to be taken.
  var stuck: [Int] = []
  /// What was sent, raised or broadcast since the scenario began; nil when it is not looked at.
  var thrown: [NetEvent]?
  /// Everything that was passed; nil when it is not looked at.
  var passed: [Int]?
  /// Events that cannot occur any more.
  var impossible: [Int] = []
}

/// What one file of tests holds.
struct Suite: Sendable {
  let subject: Subject
  /// What the common beginning does: it leads to the node.
  var approach: [Action] = []
  /// No way from a beginning of the process leads there: the token is put there.
  var isPlaced = false
  var scenarios: [Scenario] = []
  /// Ways that were left out, since there were too many or they were too long.
  var leftOut = 0

  /// What a file of tests is about. Indices of the net.
  enum Subject: Hashable, Sendable {
    case node(Int)
    case process(Int)
  }
}
