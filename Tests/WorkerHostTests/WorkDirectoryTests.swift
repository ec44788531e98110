import FileSystem
import Glibc
import TestSupport
import Testing

@testable import WorkerHost

/// The directory of a worker, and what killed workers leave behind.
struct WorkDirectoryTests {
  @Test func `what a killed worker has left is removed, and nothing else`() throws {
    let parent = try makeDirectory()
    defer { removeTree(parent) }
    let living = try WorkDirectory.make(in: parent)
    let plugin = try PluginDirectory.make(in: living)
    // A killed worker leaves its directory, and a lock that nobody holds.
    try FileTree.makeDirectories("\(parent)/genworker-1-left/plugin-x/inner")
    try FileTree.writeAtomically("\(parent)/genworker-1-left/lock", [])
    try FileTree.writeAtomically("\(parent)/genworker-1-left/plugin-x/inner/file", [1])
    // One that was killed before it could lock.
    try FileTree.makeDirectories("\(parent)/genworker-2-left")
    // What only looks like it.
    try FileTree.makeDirectories("\(parent)/else/inner")
    try FileTree.writeAtomically("\(parent)/genworker-3-file", [])
    #expect(symlink("\(parent)/else", "\(parent)/genworker-4-link") == 0)

    WorkDirectory.removeAbandoned(in: parent)

    let names = try FileTree.list(parent).sorted()
    let own = try #require(living.path.split(separator: "/").last.map(String.init))
    #expect(names == ["else", own, "genworker-3-file", "genworker-4-link"].sorted())
    #expect(try FileTree.list("\(parent)/else") == ["inner"])
    #expect(try FileTree.status(plugin.path)?.isDirectory == true)
  }

  @Test func `two workers have directories of their own`() throws {
    let parent = try makeDirectory()
    defer { removeTree(parent) }
    let (one, other) = (try WorkDirectory.make(in: parent), try WorkDirectory.make(in: parent))
    #expect(one.path != other.path)
    WorkDirectory.removeAbandoned(in: parent)
    #expect(try FileTree.list(parent).count == 2)
  }

  @Test func `a place where nothing can be made is an error that names it`() throws {
    let error = try #require(throws: (any Error).self) { try WorkDirectory.make(in: "/proc/nowhere") }
    #expect("\(error)".contains("/proc/nowhere"))
  }
}
