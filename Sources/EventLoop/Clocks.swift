import CLinux

/// Where a loop and what runs on it take the time from.
///
/// A program has the machine's (``MachineTime``); a simulation brings its own.
package protocol TimeSource: Sendable {
  /// For measuring: milliseconds that never jump and count the time in which the machine is suspended.
  var monotonicMs: Int64 { get }
  /// For writing down: milliseconds since 1970-01-01 UTC, which may jump when somebody sets the clock.
  var utcMs: Int64 { get }
}

/// The clocks of the machine.
package struct MachineTime: TimeSource {
  package init() {}

  package var monotonicMs: Int64 { MonotonicClock.nowMs() }
  package var utcMs: Int64 { WallClock.nowMs() }
}

/// Time for measuring: never jumps, and goes on while the machine is suspended (`CLOCK_BOOTTIME`).
package enum MonotonicClock {
  /// Milliseconds since boot.
  package static func nowMs() -> Int64 { linux_boottime_ns() / 1_000_000 }
  /// Microseconds since boot.
  package static func nowUs() -> Int64 { linux_boottime_ns() / 1000 }
}

/// Time for writing down: UTC, may jump when somebody sets the clock.
package enum WallClock {
  /// Milliseconds since 1970-01-01 UTC.
  package static func nowMs() -> Int64 { linux_wallclock_ns() / 1_000_000 }
}
