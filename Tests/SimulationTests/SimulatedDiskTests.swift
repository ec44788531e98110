import CSimulatedDisk
import FileSystem
import Testing

@testable import Simulation

/// The simulated disk loses what a real one may lose, and nothing else.
struct SimulatedDiskTests {
  private static func disk(seed: UInt64 = 1) throws -> SimulatedDisk {
    let disk = SimulatedDisk(seed: seed, name: "disk-test-\(UInt64.random(in: 0...UInt64.max))")
    try disk.makeDirectories("/d")
    return disk
  }

  private static func read(_ disk: SimulatedDisk, _ path: String) -> [UInt8]? {
    (try? disk.open(path)).flatMap { try? $0.read(at: 0, count: 10_000) }
  }

  /// The power fails and comes back.
  private static func lose(_ disk: SimulatedDisk) {
    disk.powerOff()
    disk.powerOn()
  }

  @Test func `what was synced is there after the power has failed`() throws {
    let disk = try Self.disk()
    var file: (any DiskFile)? = try disk.create("/d/a")
    try file?.write([1, 2, 3])
    try file?.sync()
    try disk.syncDirectory("/d")
    file = nil
    Self.lose(disk)
    #expect(Self.read(disk, "/d/a") == [1, 2, 3])
  }

  @Test func `what was not synced is kept, lost or torn, each at some time`() throws {
    let (old, new) = ([UInt8](repeating: 1, count: 2048), [UInt8](repeating: 2, count: 2048))
    var seen: Set<String> = []
    for seed in 0..<60 as Range<UInt64> {
      let disk = try Self.disk(seed: seed)
      var file: (any DiskFile)? = try disk.create("/d/a")
      try file?.write(old)
      try file?.sync()
      try disk.syncDirectory("/d")
      try file?.write(new)
      file = nil
      Self.lose(disk)
      let found = try #require(Self.read(disk, "/d/a"))
      #expect(found.starts(with: old))
      let rest = found.dropFirst(old.count)
      seen.insert(rest.isEmpty ? "lost" : rest.elementsEqual(new) ? "kept" : "torn")
      // A sector is there as a whole or not at all.
      for start in stride(from: old.count, to: found.count, by: 512) {
        #expect(Set(found[start..<min(start + 512, found.count)]).count == 1)
      }
    }
    #expect(seen == ["lost", "kept", "torn"])
  }

  @Test func `a new name may be lost before its directory is synced, and never after`() throws {
    var found: Set<Bool> = []
    for seed in 0..<40 as Range<UInt64> {
      let disk = try Self.disk(seed: seed)
      _ = try disk.create("/d/a")
      try disk.syncDirectory("/d")
      try disk.rename("/d/a", to: "/d/b")
      Self.lose(disk)
      let names = try disk.list("/d")
      #expect(names == ["a"] || names == ["b"])
      found.insert(names == ["b"])
    }
    #expect(found == [true, false])
  }

  @Test func `the death of a program loses nothing`() throws {
    let disk = try Self.disk()
    var file: (any DiskFile)? = try disk.create("/d/a")
    try file?.write([7])
    file = nil
    disk.powerOff()
    disk.programDied()
    #expect(Self.read(disk, "/d/a") == [7])
  }

  @Test func `whoever has a file open hears once of a sync that failed for another`() throws {
    let disk = try Self.disk(seed: 1)
    let (file, other) = (try disk.create("/d/a"), try disk.open("/d/a"))
    try file.write([7])
    disk.plan(SIMDISK_SYNCS_FAIL, after: 0, calls: 1)
    #expect(throws: FileError.self) { try file.sync() }
    #expect(throws: FileError.self) { try other.sync() }
    for known in [file, other] { try known.sync() }
    try disk.open("/d/a").sync()
  }

  @Test func `what a failed sync has lost is not written by the next one`() throws {
    var isLost = false
    for seed in 0..<20 as Range<UInt64> {
      let disk = try Self.disk(seed: seed)
      var file: (any DiskFile)? = try disk.create("/d/a")
      try disk.syncDirectory("/d")
      try file?.write([7])
      disk.plan(SIMDISK_SYNCS_FAIL, after: 0, calls: 1)
      #expect(throws: FileError.self) { try file?.sync() }
      try file?.sync()
      file = nil
      Self.lose(disk)
      isLost = isLost || Self.read(disk, "/d/a") == []
    }
    #expect(isLost)
  }

  @Test func `a full disk takes half of a write and says so`() throws {
    let disk = try Self.disk()
    let file = try disk.create("/d/a")
    disk.plan(SIMDISK_WRITES_SHORT, after: 0, calls: 1)
    let error = #expect(throws: FileError.self) { try file.write([1, 2, 3, 4]) }
    #expect(error?.isDiskFull == true)
    #expect(try file.read(at: 0, count: 10) == [1, 2])
  }
}
