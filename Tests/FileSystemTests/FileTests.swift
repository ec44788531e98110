import FileSystem
import Glibc
import TestSupport
import Testing

/// Files and directories: what comes back, and what is refused.
struct FileTests {
  private func errno(_ body: () throws -> Void) throws -> Int32 {
    try #require(throws: FileError.self) { try body() }.errno
  }

  @Test(arguments: [0, 1, 4_096, 5_000_000]) func `what is written is read`(count: Int) throws {
    let bytes = [UInt8](repeating: 7, count: count)
    try withDirectory { directory in
      let path = "\(directory)/file"
      let file = try File.create(path)
      try file.write(bytes)
      try file.sync()
      #expect(try file.status().size == bytes.count)
      let isSame = try FileTree.read(path, limitBytes: count) == bytes
      #expect(isSame)
    }
  }

  @Test func `a part is read from any place, and less at the end`() throws {
    try withDirectory { directory in
      try FileTree.writeAtomically("\(directory)/file", Array("0123456789".utf8))
      let file = try File.open("\(directory)/file")
      #expect(try file.read(at: 3, count: 4) == Array("3456".utf8))
      #expect(try file.read(at: 8, count: 4) == Array("89".utf8))
      #expect(try file.read(at: 10, count: 4) == [])
      #expect(try file.read(at: 1_000_000, count: 4) == [])
      #expect(try file.read(at: 0, count: 0) == [])
    }
  }

  @Test func `a file is not created over another, nor through a link`() throws {
    try withDirectory { directory in
      _ = try File.create("\(directory)/file")
      #expect(try errno { _ = try File.create("\(directory)/file") } == EEXIST)
      #expect(symlink("/tmp/elsewhere-\(getpid())", "\(directory)/link") == 0)
      #expect(try errno { _ = try File.create("\(directory)/link") } == EEXIST)
      #expect(try FileTree.status("/tmp/elsewhere-\(getpid())") == nil)
    }
  }

  @Test func `only regular files are opened for reading, and a pipe does not hold the caller up`() throws {
    try withDirectory { directory in
      #expect(mkfifo("\(directory)/pipe", 0o600) == 0)
      #expect(throws: FileError.self) { _ = try File.open("\(directory)/pipe") }
      #expect(throws: FileError.self) { _ = try File.open(directory) }
      #expect(throws: FileError.self) { _ = try File.open("/dev/null") }
      let missing = try errno { _ = try File.open("\(directory)/none") }
      #expect(missing == ENOENT)
    }
  }

  @Test func `a link is followed only on request`() throws {
    try withDirectory { directory in
      try FileTree.writeAtomically("\(directory)/file", Array("x".utf8))
      #expect(symlink("\(directory)/file", "\(directory)/link") == 0)
      #expect(try File.open("\(directory)/link").status().isRegular)
      #expect(try errno { _ = try File.open("\(directory)/link", followingLinks: false) } == ELOOP)
      #expect(try FileTree.status("\(directory)/link")?.isRegular == true)
      #expect(try FileTree.status("\(directory)/link", followingLinks: false)?.isRegular == false)
    }
  }

  @Test func `a descriptor does not pass to child processes, and is closed with its owner`() throws {
    try withDirectory { directory in
      let before = try FileTree.list("/proc/self/fd").count
      do {
        let file = try File.create("\(directory)/file")
        try file.write([1])
        let numbers = try FileTree.list("/proc/self/fd").compactMap { Int32($0) }
        let ours = numbers.filter { number in
          var target = [CChar](repeating: 0, count: 1024)
          let count = readlink("/proc/self/fd/\(number)", &target, target.count)
          return count > 0
            && String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
              == "\(directory)/file"
        }
        #expect(ours.count == 1)
        for number in ours { #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0) }
        try file.sync()
      }
      #expect(try FileTree.list("/proc/self/fd").count <= before + 2)  // other tests open files at the same time
    }
  }

  @Test func `a file above the limit is not read at all`() throws {
    try withDirectory { directory in
      try FileTree.writeAtomically("\(directory)/file", [1, 2, 3])
      #expect(try errno { _ = try FileTree.read("\(directory)/file", limitBytes: 2) } == EFBIG)
    }
  }

  @Test func `an error tells the operation, the path and the system's words`() throws {
    let error = try #require(throws: FileError.self) { _ = try File.open("/nowhere/file") }
    #expect(error.description == "cannot open '/nowhere/file': No such file or directory")
    #expect(error.isNotFound && !error.isDiskFull)
    #expect(FileError("write", "x", errno: ENOSPC).isDiskFull)
  }
}
