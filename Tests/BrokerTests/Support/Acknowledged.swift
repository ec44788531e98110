import Broker
import JSON
import TestSupport
import Testing
import Varlink
import Wire

/// What clients of a broker were told is kept, and whether it is there.
final class Acknowledged {
  private struct File {
    let job: Int64
    let path: String
    let bytes: [UInt8]
  }

  private var files: [File] = []
  private(set) var jobs: [Int64] = []

  /// Submits a job.
  @discardableResult
  func submit(_ client: VarlinkClient, _ parameters: String) throws -> Int64 {
    jobs.append(try client.submit(parameters))
    return jobs[jobs.count - 1]
  }

  /// A job whose number has come.
  func note(_ job: Int64) { jobs.append(job) }

  /// Commits a small file under a lease.
  func put(_ worker: ScriptedWorker, _ lease: ScriptedWorker.Lease, _ path: String, _ text: String) throws {
    try worker.expectOK(worker.put(lease.id, path, text))
    files.append(File(job: lease.job, path: path, bytes: Array(text.utf8)))
  }

  /// Commits a file so large that it is one on the disk, too, and ends the task with it.
  func finishLarge(_ worker: ScriptedWorker, _ lease: ScriptedWorker.Lease, _ path: String, bytes: Int) throws {
    try worker.putLarge(lease.id, path, bytes: bytes)
    files.append(File(job: lease.job, path: path, bytes: ScriptedWorker.largeContent(of: path, bytes)))
  }

  /// Everything is there, byte for byte, and the store says of itself that it is sound.
  func expectAll(at socket: String) throws {
    let client = try VarlinkClient(socket)
    for job in jobs { try client.get("Jobs.Show", #"{"job":\#(job)}"#) }
    for file in files {
      #expect(try bytes(of: file, client) == file.bytes, "\(file.path) of job \(file.job)")
    }
    #expect(try client.get("Admin.Check").at("findings").elements?.map(\.text) == [])
    print("\(jobs.count) jobs and \(files.count) files that were acknowledged are there")
  }

  private func bytes(of file: File, _ client: VarlinkClient) throws -> [UInt8] {
    try client.send("Files.Read", #"{"job":\#(file.job),"path":"\#(file.path)"}"#, "more")
    var bytes: [UInt8] = []
    while true {
      let reply = try client.reply()
      guard reply.error == nil else { throw SupportError(message: "\(file.path): \(reply.text)") }
      bytes += Base64.decode(reply.parameters.at("data").string ?? "") ?? []
      if !reply.continues { return bytes }
    }
  }
}
