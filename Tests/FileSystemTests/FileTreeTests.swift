import FileSystem
import Glibc
import TestSupport
import Testing

/// Directories, replacing of files, names.
struct FileTreeTests {
  @Test func `directories are made with those above them, for their owner only`() throws {
    try withDirectory { directory in
      try FileTree.makeDirectories("\(directory)/a/b/c")
      try FileTree.makeDirectories("\(directory)/a/b/c")
      #expect(try FileTree.status("\(directory)/a/b/c")?.isDirectory == true)
      var status = stat()
      #expect(stat("\(directory)/a", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o700)
    }
  }

  @Test func `a file in the place of a directory is an error`() throws {
    try withDirectory { directory in
      try FileTree.writeAtomically("\(directory)/file", [])
      #expect(throws: FileError.self) { try FileTree.makeDirectories("\(directory)/file") }
      #expect(throws: FileError.self) { try FileTree.makeDirectories("\(directory)/file/below") }
      #expect(try FileTree.status("\(directory)/file")?.isRegular == true)
    }
  }

  @Test func `a directory is removed with everything in it, and no link is followed`() throws {
    try withDirectory { directory in
      try FileTree.makeDirectories("\(directory)/tree/a/b")
      try FileTree.makeDirectories("\(directory)/kept")
      for path in ["tree/1", "tree/a/2", "tree/a/b/3", "kept/4"] {
        try FileTree.writeAtomically("\(directory)/\(path)", [1])
      }
      #expect(symlink("\(directory)/kept", "\(directory)/tree/a/link") == 0)
      for _ in 0..<2 { try FileTree.removeTree("\(directory)/tree") }
      #expect(try FileTree.list(directory) == ["kept"])
      #expect(try FileTree.list("\(directory)/kept") == ["4"])
    }
  }

  @Test func `a file is replaced as a whole and leaves nothing beside it`() throws {
    try withDirectory { directory in
      let path = "\(directory)/file"
      for text in ["first", "second, and longer", ""] {
        try FileTree.writeAtomically(path, Array(text.utf8))
        #expect(try FileTree.read(path, limitBytes: 100) == Array(text.utf8))
      }
      #expect(try FileTree.list(directory) == ["file"])
    }
  }

  @Test func `who has the old file open keeps reading the old bytes`() throws {
    try withDirectory { directory in
      let path = "\(directory)/file"
      try FileTree.writeAtomically(path, Array("old".utf8))
      let reader = try File.open(path)
      try FileTree.writeAtomically(path, Array("new!".utf8))
      #expect(try reader.read(at: 0, count: 10) == Array("old".utf8))
      #expect(try FileTree.read(path, limitBytes: 10) == Array("new!".utf8))
    }
  }

  @Test func `what a crash has left under the same process number is in nobody's way`() throws {
    try withDirectory { directory in
      let path = "\(directory)/file"
      try FileTree.writeAtomically(path, Array("old".utf8))
      let leftover = try File.create("\(path).\(getpid()).tmp")
      try leftover.write(Array("half".utf8))
      try FileTree.writeAtomically(path, Array("new".utf8))
      #expect(try FileTree.read(path, limitBytes: 10) == Array("new".utf8))
      #expect(try FileTree.list(directory) == ["file"])
    }
  }

  @Test func `when a file cannot be replaced the old one stays and nothing is left beside it`() throws {
    try withDirectory { directory in
      try FileTree.makeDirectories("\(directory)/taken")
      #expect(throws: FileError.self) { try FileTree.writeAtomically("\(directory)/taken", [1]) }
      #expect(try FileTree.list(directory) == ["taken"])
      #expect(throws: FileError.self) { try FileTree.writeAtomically("\(directory)/none/file", [1]) }
    }
  }

  @Test func `the mode is that of the call`() throws {
    try withDirectory { directory in
      try FileTree.writeAtomically("\(directory)/private", [])
      try FileTree.writeAtomically("\(directory)/tool", [], mode: 0o700)
      var status = stat()
      #expect(stat("\(directory)/private", &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(stat("\(directory)/tool", &status) == 0 && status.st_mode & 0o777 == 0o700)
    }
  }

  @Test func `removing what is not there is no error; a directory is`() throws {
    try withDirectory { directory in
      try FileTree.remove("\(directory)/none")
      #expect(throws: FileError.self) { try FileTree.remove(directory) }
    }
  }

  @Test func `names come sorted, whatever they are`() throws {
    try withDirectory { directory in
      let names = ["-rf", "a b", "b", "ä", "\n", String(repeating: "n", count: 255), ".hidden"]
      for name in names { _ = try File.create("\(directory)/\(name)") }
      #expect(try FileTree.list(directory) == names.sorted())
    }
  }

  @Test func `a list of what is no directory is an error`() throws {
    #expect(throws: FileError.self) { try FileTree.list("/nowhere") }
    #expect(throws: FileError.self) { try FileTree.list("/dev/null") }
  }

  @Test(
    arguments: [
      ("a", "."), ("a/b", "a"), ("/a", "/"), ("/a/b", "/a"), ("/", nil), ("a/", "a"), ("", "."),
    ] as [(String, String?)])
  func `the directory above`(path: String, parent: String?) {
    #expect(FileTree.parent(of: path) == parent)
  }

  @Test func `nothing stands at a path below a file`() throws {
    try withDirectory { directory in
      try FileTree.writeAtomically("\(directory)/file", [])
      #expect(try FileTree.status("\(directory)/file/below") == nil)
      #expect(try FileTree.status("\(directory)/none") == nil)
      #expect(try FileTree.freeBytes(directory) > 0)
    }
  }

  /// The numbers are those of linux/magic.h and of the file systems' own sources.
  @Test(
    arguments: [
      ("NFS", 0x6969, true), ("SMB", 0x517B, true), ("CIFS", 0xFF53_4D42, true), ("SMB2", 0xFE53_4D42, true),
      ("AFS", 0x5346_414F, true), ("Ceph", 0x00C3_6400, true), ("Lustre", 0x0BD0_0BD0, true), ("9P", 0x0102_1997, true),
      ("ext4", 0xEF53, false), ("XFS", 0x5846_5342, false), ("Btrfs", 0x9123_683E, false),
      ("tmpfs", 0x0102_1994, false),
      ("overlay", 0x794C_7630, false), ("ZFS", 0x2FC1_2FC1, false),
    ] as [(String, Int64, Bool)])
  func `a file system that other machines take part in is known by its number`(
    name: String, type: Int64, isNetwork: Bool
  ) throws {
    #expect(FileTree.isNetwork(fileSystem: type) == isNetwork, "\(name)")
  }
}
