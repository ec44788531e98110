import Broker
import Digest
import JSON
import TestSupport
import Varlink
import Wire

/// A worker whose every step is in the hands of the test.
final class ScriptedWorker {
  /// What came with a lease.
  struct Lease {
    let id: Int64
    let job: Int64
    let key: String
    let done: [String]
    let content: JSONValue

    init(_ content: JSONValue) {
      self.content = content
      id = content.at("lease").int ?? 0
      job = content.at("job").int ?? 0
      key = content.at("key").string ?? ""
      done = (content.at("done").elements ?? []).map { $0.at("path").string ?? "" }
    }
  }

  let data: VarlinkClient
  let control: VarlinkClient
  let hello: JSONValue
  let session: String

  /// Says Hello and attends.
  init(
    _ path: String, kind: String, slots: Int = 1, resume: String? = nil, leases: [Int64] = []
  ) throws {
    data = try VarlinkClient(path)
    control = try VarlinkClient(path)
    let old = resume.map { #","resume":"\#($0)","leases":\#(leases)"# } ?? ""
    hello = try data.get("Worker.Hello", #"{"kind":"\#(kind)","name":"scripted","pid":1,"slots":\#(slots)\#(old)}"#)
    session = hello.at("session").string ?? ""
    try control.send("Worker.Attend", #"{"session":"\#(session)"}"#, "more")
  }

  /// The next thing that the broker has to say on the control connection.
  func order() throws -> JSONValue { try control.reply().parameters }

  /// The next lease; anything else is a mistake.
  func lease() throws -> Lease {
    let order = try order()
    guard let lease = order["lease"] else { throw SupportError(message: "no lease, but \(order.text)") }
    return Lease(lease)
  }

  /// Whether an order is there now. What came before the answer to a call has arrived with it.
  func hasOrder() throws -> Bool {
    _ = try heartbeat()
    _ = try control.socket.takeIn()
    return control.socket.waitingMessages > 0
  }

  // MARK: Calls

  func call(_ method: String, _ lease: Int64, _ rest: String = "") throws -> Reply {
    try data.call("Worker." + method, parameters(lease, rest))
  }

  func parameters(_ lease: Int64, _ rest: String = "") -> String {
    #"{"session":"\#(session)","lease":\#(lease)\#(rest.isEmpty ? "" : ",")\#(rest)}"#
  }

  @discardableResult
  func heartbeat() throws -> Reply { try data.call("Worker.Heartbeat", #"{"session":"\#(session)"}"#) }

  func slots(_ count: Int) throws { try data.get("Worker.Slots", #"{"session":"\#(session)","slots":\#(count)}"#) }

  @discardableResult
  func put(_ lease: Int64, _ path: String, _ text: String) throws -> Reply {
    try call("PutResult", lease, ScriptedWorker.result(path, text))
  }

  static func result(_ path: String, _ text: String) -> String {
    #""path":"\#(path)","media_type":"text/plain","data":"\#(Base64.string(Array(text.utf8)))""#
  }

  /// Completes with these files, which must be all that are committed for the task.
  func complete(_ lease: Int64, _ files: [(path: String, text: String)]) throws -> Reply {
    try call("Complete", lease, ScriptedWorker.completion(files))
  }

  static func completion(_ files: [(path: String, text: String)]) -> String {
    let digest = CompletionDigest.of(files.map { ($0.path, SHA256Digest(of: Array($0.text.utf8))) })
    return #""results":\#(files.count),"digest":"\#(digest.hex)""#
  }

  /// Commits one file and completes.
  func finish(_ lease: Lease) throws {
    let file = (path: "out/\(lease.job)/\(lease.key)", text: lease.key)
    try expectOK(put(lease.id, file.path, file.text))
    try expectOK(complete(lease.id, [file]))
  }

  /// The content of a file that comes in chunks; another one for most other paths.
  static func largeContent(of path: String, _ bytes: Int) -> [UInt8] {
    [UInt8](repeating: path.utf8.reduce(0, &+), count: bytes)
  }

  func expectOK(_ reply: Reply) throws {
    guard reply.error == nil else { throw SupportError(message: reply.text) }
  }

  /// Commits a file that comes in chunks.
  func putLarge(_ lease: Int64, _ path: String, bytes: Int) throws {
    try putAll(lease, path, Self.largeContent(of: path, bytes))
  }

  /// Commits a file in chunks, and completes with it alone.
  func putAll(_ lease: Int64, _ path: String, _ content: [UInt8]) throws {
    let bytes = content.count
    let sha256 = SHA256Digest(of: content).hex
    for offset in stride(from: 0, to: bytes, by: WireLimits.inlineDataBytesMax) {
      let chunk = Base64.string(Array(content[offset..<min(offset + WireLimits.inlineDataBytesMax, bytes)]))
      try expectOK(
        call("PutChunk", lease, #""sha256":"\#(sha256)","size":\#(bytes),"offset":\#(offset),"data":"\#(chunk)""#))
    }
    try expectOK(
      call("PutResult", lease, #""path":"\#(path)","media_type":"text/plain","sha256":"\#(sha256)""#))
    let digest = CompletionDigest.of([(path, SHA256Digest(of: content))])
    try expectOK(call("Complete", lease, #""results":1,"digest":"\#(digest.hex)""#))
  }

  /// Ends as a killed process does: both connections at once.
  func die() {
    data.close()
    control.close()
  }
}

extension JSONValue {
  var text: String { String(decoding: raw.prefix(300), as: UTF8.self) }
}

/// A job that has committed one file `big` of so many bytes.
func makeFile(_ broker: RunningBroker, bytes: Int) throws -> Int64 {
  let client = try broker.client()
  let job = try client.submit(#"{"kind":"file"}"#)
  let worker = try ScriptedWorker(broker.place.socket, kind: "file")
  try worker.putLarge(worker.lease().id, "big", bytes: bytes)
  worker.die()
  return job
}
