/// How a plugin that does not end what it does is stopped: it is asked, then told (`SIGTERM`), then killed (`SIGKILL`).
struct StopLadder: Equatable {
  enum Rung: Int, Comparable {
    case standing, asked, terminated, killed

    static func < (a: Rung, b: Rung) -> Bool { a.rawValue < b.rawValue }
  }

  private(set) var rung = Rung.standing

  /// Goes up to `rung`, never down.
  ///
  /// - Returns: whether that is new.
  mutating func climb(to rung: Rung) -> Bool {
    guard rung > self.rung else { return false }
    self.rung = rung
    return true
  }

  /// Up one rung, when the time on this one is over.
  mutating func climb() -> Rung {
    rung = Rung(rawValue: rung.rawValue + 1) ?? .killed
    return rung
  }

  /// It has done what it was asked for.
  mutating func stepDown() {
    if rung == .asked { rung = .standing }
  }
}
