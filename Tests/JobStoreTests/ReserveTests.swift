import Digest
import FileSystem
import Testing

@testable import JobStore

/// What lies beside the database and is not quite what it should be.
struct ReserveTests {
  @Test(arguments: [0, 1, Reserve.bytes - 1])
  func `space that a crash has left in part is put aside again`(bytes: Int64) throws {
    let test = try TestStore()
    let path = test.store.file.path + ".reserve"
    if try FileTree.status(path) != nil { try FileTree.remove(path) }
    let file = try File.create(path)
    if bytes > 0 { try file.allocate(bytes: bytes) }
    test.store.makeReserve()
    #expect(try FileTree.status(path)?.size == Reserve.bytes)
  }

  @Test func `what somebody has put among the large files is left alone`() throws {
    let test = try TestStore()
    let directory = test.store.blobs.directory
    try FileTree.writeAtomically("\(directory)/notes.txt", Array("mine".utf8))
    try FileTree.makeDirectories("\(directory)/more/things")
    #expect(try test.store.blobs.all() == [])
  }
}
