import FileSystem

/// Space on the disk of a store for when there is none: a file that is given up so that jobs can be removed or cancelled.
struct Reserve {
  private let file: StoreFile

  init(_ file: StoreFile) { self.file = file }

  private var path: String { file.path + ".reserve" }

  /// More than the log grows by before it is moved into the database.
  static let bytes: Int64 = 16 << 20

  /// Makes the file where there is room for several of it; without it a full disk has to wait for a user.
  func make() {
    guard file.disk is LocalDisk, let parent = FileTree.parent(of: path) else { return }
    do throws(FileError) {
      let size = try FileTree.status(path)?.size
      guard size != Reserve.bytes else { return }
      // A crash has left a part of it.
      if size != nil { try FileTree.remove(path) }
      guard try FileTree.freeBytes(parent) >= 4 * Reserve.bytes else { return }
      try File.create(path).allocate(bytes: Reserve.bytes)
    } catch {
      // Half of it helps nobody, and whoever needs it later finds none: the disk is full then, as it would be anyway.
      try? FileTree.remove(path)
    }
  }

  /// Gives the space up.
  ///
  /// - Returns: whether there was any.
  func release() -> Bool {
    // One that cannot be looked at or removed gives nothing.
    guard file.disk is LocalDisk, (try? FileTree.status(path)) != nil else { return false }
    return (try? FileTree.remove(path)) != nil
  }
}

extension StoreFile {
  /// Why no new work is taken, when little space is left: results of the work that is there still need it, and cost more
  /// than they who wait.
  package var noRoomForWork: StoreError? {
    // Where the space cannot be learned, there is some until a write says otherwise.
    guard disk is LocalDisk, let parent = FileTree.parent(of: path), let space = try? FileTree.space(parent),
      space.free < StoreFile.lowWater(ofBytes: space.total)
    else { return nil }
    return .nearlyFull(bytesLeft: space.free)
  }

  /// With less free space than this no new work is taken: twice the reserve, and on a small disk a hundredth of it.
  package static func lowWater(ofBytes total: Int64) -> Int64 { min(2 * Reserve.bytes, total / 100) }
}

extension JobStore {
  /// Puts space aside for a full disk; called when the store opens and when something was removed.
  package func makeReserve() { Reserve(file).make() }

  /// Runs something with transactions of its own, on a full disk once more with the space that was put aside.
  package func withReserve<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      guard StoreError(error).isPassing, Reserve(file).release() else { throw error }
      return try body()
    }
  }

  /// Gives up the space that was put aside; false when there is none.
  package func releaseReserve() -> Bool { Reserve(file).release() }
}
