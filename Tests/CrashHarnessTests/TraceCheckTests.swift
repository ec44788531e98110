import CrashHarness
import Testing

/// The checker of traces, on traces of a few lines: as `strace -f -tt -yy` writes them.
struct TraceCheckTests {
  private func check(_ trace: String) -> TraceCheck {
    TraceCheck(lines: Array(trace.utf8).split(separator: UInt8(ascii: "\n")))
  }

  // Two threads: 10 reads and writes sockets, 11 the store.
  private static let call = #"""
    10 12:00:00.000001 read(7<UNIX-STREAM:[501->502,"/s"]>, "{\"method\":\"org.genbroker.Jobs.Seal\",\"parameters\":{\"job\":1}}\0", 65536) = 63

    """#
  private static let frames = #"""
    11 12:00:00.000002 pwrite64(5</d/jobs.sqlite-wal>, "\0\0\0\7\0\0\0\0rest of head", 24, 32) = 24
    11 12:00:00.000003 pwrite64(5</d/jobs.sqlite-wal>, "a page"..., 4096, 56) = 4096
    11 12:00:00.000004 pwrite64(5</d/jobs.sqlite-wal>, "\0\0\0\3\0\0\0\11rest of head", 24, 4152) = 24
    11 12:00:00.000005 pwrite64(5</d/jobs.sqlite-wal>, "a page"..., 4096, 4176) = 4096

    """#
  private static let sync = "11 12:00:00.000006 fdatasync(5</d/jobs.sqlite-wal>) = 0\n"
  private static let answer = #"""
    10 12:00:00.000009 write(7<UNIX-STREAM:[501->502,"/s"]>, "{\"parameters\":{}}\0", 18) = 18

    """#

  @Test func `an answer behind the sync of its own transaction is right`() {
    let check = check(Self.call + Self.frames + Self.sync + Self.answer)
    #expect(check.violations.isEmpty)
    #expect(check.checked == ["Jobs.Seal": 1])
    #expect(check.transactionCount == 1)
    #expect(check.syncCount == 1)
  }

  @Test func `an answer without a sync is found`() {
    let check = check(Self.call + Self.frames + Self.answer)
    #expect(check.violations.count == 1)
    #expect(check.violations.first?.hasPrefix("line 6: Jobs.Seal, read in line 1: no transaction") == true)
  }

  @Test func `an answer before its sync is found`() {
    #expect(check(Self.call + Self.frames + Self.answer + Self.sync).violations.count == 1)
  }

  @Test func `a sync that failed is none`() {
    let failed = Self.sync.replacing("= 0", with: "= -1 EIO (Input/output error)")
    #expect(check(Self.call + Self.frames + failed + Self.answer).violations.count == 1)
  }

  @Test func `a sync that has begun but not ended before the answer began does not count`() {
    let begun = "11 12:00:00.000006 fdatasync(5</d/jobs.sqlite-wal> <unfinished ...>\n"
    let ended = "11 12:00:00.000010 <... fdatasync resumed>) = 0\n"
    #expect(check(Self.call + Self.frames + begun + ended + Self.answer).violations.isEmpty)
    #expect(check(Self.call + Self.frames + begun + Self.answer + ended).violations.count == 1)
  }

  @Test func `the transaction of somebody before does not count`() {
    #expect(check(Self.frames + Self.sync + Self.call + Self.answer).violations.count == 1)
  }

  @Test func `an answer that only repeats needs what was in the log when it was asked for`() {
    let call = Self.call.replacing("Seal", with: "Pause")
    #expect(check(Self.frames + Self.sync + call + Self.answer).violations.isEmpty)
    #expect(check(Self.frames + call + Self.sync + Self.answer).violations.isEmpty)
    #expect(check(Self.frames + call + Self.answer + Self.sync).violations.count == 1)
  }

  /// Two frames of a transaction as one text, and where each call ends: heads and pages need not have calls of their own.
  @Test(arguments: [[8_240], [4_120, 8_240], [24, 5_000, 8_240], [6_000, 8_240]])
  func `frames may come in any pieces`(ends: [Int]) {
    let page = String(repeating: "p", count: 4_096)
    let heads = [#"\0\0\0\7\0\0\0\0"#, #"\0\0\0\3\0\0\0\11"#].map { $0 + String(repeating: "h", count: 16) }
    let bytes = heads.flatMap { head in head.escaped + Array(page).map(String.init) }
    var (trace, begin) = ("", 0)
    for end in ends {
      let piece = bytes[begin..<end].joined()
      trace += "11 12:00:00.000002 pwrite64(5</d/jobs.sqlite-wal>, \"\(piece)\", \(end - begin), 0) = \(end - begin)\n"
      begin = end
    }
    let right = check(Self.call + trace + Self.sync + Self.answer)
    #expect(right.violations.isEmpty && right.transactionCount == 1)
    #expect(check(Self.call + trace + Self.answer).violations.count == 1)
  }

  @Test func `the beginning of a new log stands for nothing`() {
    let settings = #"""
      11 12:00:00.000002 pwrite64(5</d/jobs.sqlite-wal>, "\0\0\0\2\0\0\1\251rest of head", 24, 32) = 24
      11 12:00:00.000003 pwrite64(5</d/jobs.sqlite-wal>, "a page"..., 4096, 56) = 4096

      """#
    let pause = Self.call.replacing("Seal", with: "Pause")
    #expect(check(settings + pause + Self.answer).violations.isEmpty)
    #expect(check(Self.call + settings + Self.sync + Self.answer).violations.count == 1)
  }

  @Test func `errors, leases and heartbeats promise nothing`() {
    let refused = Self.answer.replacing(
      #"\"parameters\""#, with: #"\"error\":\"org.genbroker.Jobs.Conflict\",\"parameters\""#
    )
    .replacing(" 18) = 18", with: " 60) = 60")
    #expect(check(Self.call + refused).acknowledgements == 0)
    let heartbeat = Self.call.replacing("Jobs.Seal", with: "Worker.Heartbeat").replacing("= 63", with: "= 70")
    #expect(check(heartbeat + Self.answer).acknowledgements == 0)
  }

  // MARK: Files beside the database

  private static let hash = "abcdef0000000000000000000000000000000000000000000000000000000000"
  private static let upload = #"""
    10 12:00:00.000001 read(7<UNIX-STREAM:[501->502,"/s"]>, "{\"method\":\"org.genbroker.Jobs.PutInput\",\"parameters\":{\"sha256\":\"\#(hash)\",\"size\":200000}}\0", 65536) = 150
    12 12:00:00.000002 pwrite64(6</d/b/uploads/1>, "bytes"..., 200000, 0) = 200000

    """#
  private static let fileSync = "12 12:00:00.000003 fsync(6</d/b/uploads/1>) = 0\n"
  private static let rename = "12 12:00:00.000004 rename(\"/d/b/uploads/1\", \"/d/b/ab/\(hash.dropFirst(2))\") = 0\n"
  private static let nameSync = "12 12:00:00.000005 fsync(8</d/b/ab>) = 0\n"
  private static let stored = #"""
    10 12:00:00.000009 write(7<UNIX-STREAM:[501->502,"/s"]>, "{\"parameters\":{\"stored\":true,\"next_offset\":200000}}\0", 53) = 53

    """#

  @Test func `a file is synced before it is renamed, and its name before the answer`() {
    let right = check(Self.upload + Self.fileSync + Self.rename + Self.nameSync + Self.stored)
    #expect(right.violations.isEmpty)
    #expect(right.blobs == 1)
    for (wrong, what) in [
      (Self.upload + Self.rename + Self.nameSync + Self.stored, "renamed before it was synced"),
      (Self.upload + Self.rename + Self.fileSync + Self.nameSync + Self.stored, "renamed before it was synced"),
      (Self.upload + Self.fileSync + Self.rename + Self.stored, "was not synced"),
      (Self.upload + Self.fileSync + Self.rename + Self.stored + Self.nameSync, "was not synced"),
      (Self.upload + Self.stored, "had not got its name"),
    ] {
      let violations = check(wrong).violations
      #expect(violations.count == 1 && violations.first?.contains(what) == true, "\(what): \(violations)")
    }
  }

  /// The name that the second one gave was taken for the only one, and the answer to the first for too early.
  @Test func `two who send the same bytes give the same name`() {
    let again = Self.rename.replacing("uploads/1", with: "uploads/2")
    let first = Self.upload + Self.fileSync + Self.rename + Self.nameSync + Self.stored
    #expect(check(first + Self.fileSync.replacing("uploads/1", with: "uploads/2") + again).violations.isEmpty)
    let unsynced = Self.upload + Self.fileSync + again + Self.rename + Self.nameSync + Self.stored
    #expect(check(unsynced).violations.count == 1)
  }
}

extension String {
  /// The bytes of a text with octal escapes, each as it is written.
  fileprivate var escaped: [String] {
    var (found, rest) = ([String](), Substring(self))
    while let first = rest.popFirst() {
      guard first == "\\" else { found.append(String(first)); continue }
      let digits = rest.prefix { $0.isNumber }
      rest = rest.dropFirst(digits.count)
      found.append("\\" + digits)
    }
    return found
  }
}
