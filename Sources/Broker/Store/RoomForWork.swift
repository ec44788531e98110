import EventLoop
import JobStore

/// Whether there is space for new work, looked at once in a turn of the loop, however many calls come together.
///
/// Confined to the loop.
final class RoomForWork {
  private let file: StoreFile
  private let loop: EventLoop
  private var turn: Int?
  private var found: StoreError?

  init(of file: StoreFile, loop: EventLoop) {
    self.file = file
    self.loop = loop
  }

  /// Why no new work is taken; `nil` while there is space.
  var problem: StoreError? {
    if turn != loop.turns {
      turn = loop.turns
      found = file.noRoomForWork
    }
    return found
  }
}
