import EventLoop

/// The clocks of a simulated machine: they stand still until the simulation lets time pass.
///
/// Unchecked `Sendable`: a simulated machine has one thread.
package final class SimulatedTime: TimeSource, @unchecked Sendable {
  package private(set) var monotonicMs: Int64 = 1_000_000
  package private(set) var utcMs: Int64 = 1_700_000_000_000

  package func pass(ms: Int64) {
    monotonicMs += ms
    utcMs += ms
  }

  package init() {}

  /// Somebody sets the clock.
  package func jump(ms: Int64) { utcMs += ms }
}
