import CommandLine
import FileSystem
import Glibc
import JobStore
import SQLite

/// The store, its place and the disk below it.
func examineStore(_ path: String) -> [Diagnosis] {
  do {
    let file = try StoreFile.resolved(path)
    let place = try existing(file.path)
    var diagnoses = [examine(file, at: place, named: path)]
    if try FileTree.isOnNetwork(place) {
      let remedy = "keep the store on a disk of this machine"
      diagnoses.append(.fail("file system", "\(place) is on a network file system", remedy: remedy))
    }
    return diagnoses + [diskSpace(try FileTree.space(place), at: place)]
  } catch {
    return [failed(error)]
  }
}

/// Whether a broker would start on the store, or could make one.
private func examine(_ file: StoreFile, at place: String, named path: String) -> Diagnosis {
  guard access(place, W_OK) == 0 else {
    return .fail("store", "you may not write to \(place)", remedy: otherPlace)
  }
  do {
    if place == file.path {
      try file.examine()
      return .ok("store", path)
    }
    guard try FileTree.status(place)?.isDirectory == true else {
      return .fail("store", "\(place) is no directory", remedy: otherPlace)
    }
    return .ok("store", "\(path) is not there yet; the broker makes it")
  } catch {
    return failed(error)
  }
}

private func failed(_ error: any Error) -> Diagnosis {
  if case StoreError.unusable(let finding, let remedy) = error { return .fail("store", finding, remedy: remedy) }
  return .fail("store", String(describing: error), remedy: otherPlace)
}

private let otherPlace = "name another place with --store PATH"

/// The path, or the nearest directory above it that exists.
private func existing(_ path: String) throws(FileError) -> String {
  var place = path
  while try FileTree.status(place) == nil {
    guard let parent = FileTree.parent(of: place), parent != place else { return "." }
    place = parent
  }
  return place
}

/// Whether there is room for results. It fails where the broker takes no new work.
func diskSpace(_ space: (free: Int64, total: Int64), at place: String) -> Diagnosis {
  let finding = "\(Human.bytes(space.free)) are free at \(place)"
  if space.free < StoreFile.lowWater(ofBytes: space.total) {
    return .fail("disk", finding, remedy: "make room: the broker refuses new jobs")
  }
  guard space.free < freeBytesLow else { return .ok("disk", finding) }
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

private let freeBytesLow: Int64 = 1 << 30
private let openFilesLow = 1024
