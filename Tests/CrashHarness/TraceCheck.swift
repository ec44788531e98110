import JSON

/// Holds a trace of a broker against its first promise: no acknowledgement is written to a socket before what it
/// acknowledges is on disk.
///
/// For each acknowledgement, with the moment at which its call had been read and the moment at which its bytes began to be
/// written:
///
/// - between them lies a whole transaction of the log, of which the first write came after the call, and a sync of the log
///   that began after its last write and ended before the answer; an answer that only repeats needs none of its own;
/// - every transaction that was in the log when the call came was synced before the answer, but for one that stands for
///   nothing (`JobStore.beginNewLog`);
/// - a file beside the database was synced before it was renamed, and the names after that.
package struct TraceCheck {
  /// Acknowledgements by method.
  package private(set) var checked: [String: Int] = [:]
  /// How many of them named a file beside the database.
  package private(set) var blobs = 0
  package private(set) var violations: [String] = []
  /// Transactions in the log, and its syncs.
  package var transactionCount: Int { transactions.count }
  package var syncCount: Int { logSyncs.count }

  /// From its first write to the log to its last one.
  private struct Transaction {
    var begin: Int
    var end: Int
    var pages: [Int] = []

    /// The table of settings alone: it was made first, and its only page is the second of the database.
    var standsForNothing: Bool { pages == [2] }
  }

  /// A file that got its name.
  private struct Naming {
    let isSynced: Bool
    let end: Int
  }

  private var transactions: [Transaction] = []
  private var logSyncs: [SystemCall] = []
  private var syncs: [String: [SystemCall]] = [:]
  /// Each of them: two clients may send the same bytes at once.
  private var names: [String: [Naming]] = [:]
  private var conversations: [Int: Conversation] = [:]
  /// What was written to the log behind the last whole transaction.
  private var open: Transaction?
  private var isLastFrame = false
  /// Bytes of the frame's page that are still to come: a call may bring many frames, and a frame two calls.
  private var leftOfPage = 0
  private var lastWrites: [String: Int] = [:]

  /// Reads and checks a trace, given line by line.
  package init(lines: some Sequence<ArraySlice<UInt8>>) {
    var reader = TraceReader()
    for line in lines { reader.add(line) }
    for call in reader.calls { learn(call) }
    for conversation in conversations.values {
      for answer in conversation.answers() { check(answer) }
    }
  }

  package var acknowledgements: Int { checked.values.reduce(0, +) }

  // MARK: What happened

  private mutating func learn(_ call: SystemCall) {
    guard call.result != nil else { return }
    switch call.name {
    case "read", "readv", "recvfrom", "recvmsg":
      if let socket = call.socket { conversations[socket, default: Conversation()].read(call) }
    case "write", "writev", "sendto", "sendmsg", "pwrite64", "pwritev":
      if let socket = call.socket {
        conversations[socket, default: Conversation()].write(call)
      } else {
        learnWrite(call)
      }
    case "fsync", "fdatasync":
      syncs[call.target, default: []].append(call)
      if call.target.hasSuffix("-wal") { logSyncs.append(call) }
    case "rename", "renameat", "renameat2": learnRename(call)
    default: break
    }
  }

  private mutating func learnWrite(_ call: SystemCall) {
    lastWrites[call.target] = call.end
    guard call.target.hasSuffix("-wal") else { return }
    let (bytes, count) = (call.bytes(), call.result ?? 0)
    // The head of the log, or a page that is written once more where it stands.
    if leftOfPage == 0, count == 32 || count == Self.pageBytes { return }
    var offset = 0
    while offset < count {
      if leftOfPage > 0 {
        let part = min(leftOfPage, count - offset)
        leftOfPage -= part
        offset += part
        open?.end = call.end
        if leftOfPage == 0, isLastFrame { endTransaction() }
      } else {
        beginFrame(bytes.dropFirst(offset).prefix(8), call)
        offset += Self.headBytes
      }
    }
  }

  /// Of the log's format (https://sqlite.org/fileformat2.html#the_write_ahead_log): the head of a frame begins with four
  /// bytes for the number of its page, and four that are 0 but in the last frame of a transaction.
  private static let headBytes = 24
  /// SQLite's own choice, which the store leaves as it is.
  private static let pageBytes = 4_096

  private mutating func beginFrame(_ head: some Sequence<UInt8>, _ call: SystemCall) {
    var transaction = open ?? Transaction(begin: call.begin, end: call.end)
    transaction.end = call.end
    transaction.pages.append(head.prefix(4).reduce(0) { $0 << 8 | Int($1) })
    open = transaction
    isLastFrame = head.dropFirst(4).contains { $0 != 0 }
    leftOfPage = Self.pageBytes
  }

  private mutating func endTransaction() {
    if let open, !open.standsForNothing { transactions.append(open) }
    (open, isLastFrame) = (nil, false)
  }

  private mutating func learnRename(_ call: SystemCall) {
    let paths = call.texts
    guard paths.count == 2 else { return }
    let written = lastWrites[paths[0]] ?? 0
    let isSynced = syncs[paths[0]]?.contains { $0.begin > written && $0.end < call.begin } ?? false
    names[paths[1], default: []].append(Naming(isSynced: isSynced, end: call.end))
  }

  // MARK: What had to happen

  private mutating func check(_ answer: Conversation.Answer) {
    guard let acknowledgement = Acknowledgement(answer) else { return }
    checked[acknowledgement.method, default: 0] += 1
    let what = "line \(answer.written): \(acknowledgement.method), read in line \(answer.read)"
    if acknowledgement.changes,
      !transactions.contains(where: { $0.begin > answer.read && isSynced($0, before: answer) })
    {
      violations.append("\(what): no transaction of its own was synced before it was answered")
    }
    let last = transactions.last { $0.end < answer.read }
    if let last, !isSynced(last, before: answer) {
      violations.append("\(what): what was in the log in line \(last.end) was not synced before")
    }
    if let sha256 = acknowledgement.blob { checkBlob(sha256, answer, what) }
  }

  private func isSynced(_ transaction: Transaction, before answer: Conversation.Answer) -> Bool {
    logSyncs.contains { $0.begin > transaction.end && $0.end < answer.written }
  }

  private mutating func checkBlob(_ sha256: String, _ answer: Conversation.Answer, _ what: String) {
    let suffix = "/\(sha256.prefix(2))/\(sha256.dropFirst(2))"
    blobs += 1
    guard let (path, namings) = names.first(where: { $0.key.hasSuffix(suffix) }),
      let naming = namings.first, naming.end < answer.written
    else {
      return violations.append("\(what): the file \(suffix) had not got its name")
    }
    // Any of them may have replaced the others before the answer.
    if !namings.allSatisfy({ $0.isSynced || $0.end > answer.written }) {
      violations.append("\(what): the file \(suffix) was renamed before it was synced")
    }
    let parent = String(path.dropLast(sha256.count - 1))
    let isNameSynced = syncs[parent]?.contains { $0.begin > naming.end && $0.end < answer.written } ?? false
    if !isNameSynced { violations.append("\(what): the name of the file \(suffix) was not synced") }
  }
}

/// An answer that says that something is on disk.
private struct Acknowledgement {
  let method: String
  /// Whether something was changed, so that there is a transaction of its own; otherwise it may only repeat.
  let changes: Bool
  /// The hash of a file beside the database that it names.
  let blob: String?

  /// `nil` for an answer that promises nothing.
  init?(_ answer: Conversation.Answer) {
    method = String(answer.method.split(separator: ".").suffix(2).joined(separator: "."))
    let (call, reply) = (answer.parameters, answer.reply)
    var changes = false
    var blob: String?
    switch method {
    case "Jobs.Submit": changes = reply["existing"]?.bool == false
    case "Jobs.AddTasks", "Worker.SpawnTasks": changes = (reply["added"]?.int ?? 0) > 0
    case "Jobs.Seal", "Jobs.Cancel", "Worker.Complete", "Worker.Fail", "Worker.Release": changes = true
    case "Jobs.Pause", "Jobs.Resume", "Jobs.Retry": break
    case "Worker.PutResult":
      changes = reply["duplicate"]?.bool == false
      if call["data"] == nil { blob = call["sha256"]?.string }
    case "Jobs.PutInput", "Worker.PutChunk":
      guard reply["stored"]?.bool ?? reply["complete"]?.bool == true else { return nil }
      if (call["size"]?.int ?? 0) > Self.inDatabaseBytesMax { blob = call["sha256"]?.string }
    default: return nil
    }
    (self.changes, self.blob) = (changes, blob)
  }

  /// Larger ones are files.
  private static let inDatabaseBytesMax: Int64 = 128 << 10
}
