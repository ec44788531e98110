import CLinux

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
