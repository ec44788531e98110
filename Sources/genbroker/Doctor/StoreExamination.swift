import CommandLine
import FileSystem
import Glibc
import SQLite

/// The place of the store and the disk below it.
func examineStore(_ path: String) -> [Diagnosis] {
  do throws(FileError) {
    let place = try existing(path)
    let isMissing = place != path
    var diagnoses = [
      access(place, W_OK) == 0
        ? .ok("store", isMissing ? "\(path) is not there yet; the broker makes it" : path)
        : Diagnosis.fail("store", "you may not write to \(place)", remedy: "name another place with --store PATH")
    ]
    if try FileTree.isOnNetwork(place) {
      let remedy = "keep the store on a disk of this machine"
      diagnoses.append(.fail("file system", "\(place) is on a network file system", remedy: remedy))
    }
    return diagnoses + [diskSpace(try FileTree.freeBytes(place), at: place)]
  } catch {
    return [.fail("store", error.description, remedy: "name another place with --store PATH")]
  }
}

/// The path, or the nearest directory above it that exists.
private func existing(_ path: String) throws(FileError) -> String {
  var place = path
  while try FileTree.status(place) == nil {
    guard let parent = FileTree.parent(of: place), parent != place else { return "." }
    place = parent
  }
  return place
}

/// Whether there is room for results.
func diskSpace(_ freeBytes: Int64, at place: String) -> Diagnosis {
  let finding = "\(Human.bytes(freeBytes)) are free at \(place)"
  if freeBytes < freeBytesMin { return .fail("disk", finding, remedy: "make room: the broker will refuse jobs") }
  guard freeBytes < freeBytesLow else { return .ok("disk", finding) }
  return .warn("disk", finding, remedy: "make room before a large job")
}

func examineDatabaseLibrary() -> Diagnosis {
  .ok("SQLite", SQLiteLibrary.version)
}

/// A broker needs a descriptor for each connection.
func examineOpenFiles() -> Diagnosis {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else {
    return .warn("open files", "the limit cannot be read", remedy: "look at ulimit -n")
  }
  // The broker raises the soft limit to the hard one itself.
  return openFiles(Int(clamping: limit.rlim_max))
}

func openFiles(_ limit: Int) -> Diagnosis {
  let finding = "a process may open \(Human.grouped(Int64(limit)))"
  guard limit < openFilesLow else { return .ok("open files", finding) }
  return .warn("open files", finding, remedy: "raise the hard limit: ulimit -H -n 4096")
}

private let freeBytesMin: Int64 = 64 << 20
private let freeBytesLow: Int64 = 1 << 30
private let openFilesLow = 1024
