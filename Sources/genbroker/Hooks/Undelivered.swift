import CommandLine
import FileSystem
import JSON
import Wire

/// A call that was given up, as it is kept to be seen and sent again.
struct UndeliveredCall: Sendable, Equatable {
  var delivery: String
  var event: Int
  var job: Int
  var state: JobsAPI.JobState
  var reason: String?
  /// When the job ended.
  var atMs: Int
  /// Why it was given up, and when.
  var why: String
  var givenUpMs: Int

  init(_ call: HookCall, why: String, givenUpMs: Int) {
    (delivery, event, job, state) = (call.delivery, call.event ?? 0, call.job.job, call.state)
    (reason, atMs, self.why, self.givenUpMs) = (call.reason, call.atMs, why, givenUpMs)
  }

  /// In which its job ended: the number of a job means nothing in another one.
  var history: String? { delivery.split(separator: "-", maxSplits: 1).first.map(String.init) }

  /// - returns: nil for anything but what ``json`` has made.
  init?(_ value: JSONValue) {
    guard let delivery = value["delivery"]?.string, let event = value["event"]?.int, let job = value["job"]?.int,
      let state = value["state"]?.string.flatMap({ JobsAPI.JobState(rawValue: $0) }), let atMs = value["at_ms"]?.int,
      let why = value["why"]?.string, let givenUpMs = value["given_up_ms"]?.int
    else { return nil }
    (self.delivery, self.event, self.job, self.state) = (delivery, Int(event), Int(job), state)
    (reason, self.atMs, self.why, self.givenUpMs) = (value["reason"]?.string, Int(atMs), why, Int(givenUpMs))
  }

  var json: JSONTree {
    var members: [JSONTree.Member] = [
      .init("delivery", .string(delivery)), .init("event", .int(Int64(event))), .init("job", .int(Int64(job))),
      .init("state", .string(state.rawValue)),
    ]
    if let reason { members.append(.init("reason", .string(reason))) }
    members += [
      .init("at_ms", .int(Int64(atMs))), .init("why", .string(why)), .init("given_up_ms", .int(Int64(givenUpMs))),
    ]
    return .object(members)
  }
}

/// The calls of a hook that were given up: a directory with a file for each.
struct UndeliveredCalls: Sendable {
  let directory: String

  /// In the order of the ends.
  func all() throws -> [UndeliveredCall] {
    guard try FileTree.status(directory) != nil else { return [] }
    var calls: [UndeliveredCall] = []
    for name in try FileTree.list(directory) where name.hasSuffix(".json") {
      let path = "\(directory)/\(name)"
      let bytes = try FileTree.read(path, limitBytes: fileBytesMax)
      guard let root = try? JSONDocument(bytes).root, let call = UndeliveredCall(root) else {
        throw UserError("'\(path)' is no call of a hook", remedy: "look at it, and remove it", exitCode: .failed)
      }
      calls.append(call)
    }
    return calls.sorted { ($0.event, $0.delivery) < ($1.event, $1.delivery) }
  }

  /// Keeps a call; one of the same delivery is replaced. It is on disk when this returns.
  func add(_ call: UndeliveredCall) throws(FileError) {
    try FileTree.makeDirectories(directory)
    try FileTree.writeAtomically(path(call.delivery), call.json.bytes + [UInt8(ascii: "\n")])
  }

  /// Forgets a call; does nothing when it is not there.
  func remove(_ delivery: String) throws(FileError) { try FileTree.remove(path(delivery)) }

  /// Where a call is kept.
  func path(_ delivery: String) -> String { "\(directory)/\(delivery).json" }
}

private let fileBytesMax = 64 * 1024
