import CrashHarness
import Testing

/// The faults of the crash harness come from a seed.
struct FaultPlanTests {
  private func faults(seed: UInt64) -> [Fault] {
    var plan = FaultPlan(seed: seed)
    return (0..<300).map { _ in plan.next() }
  }

  @Test func `the same seed is the same sequence of faults, another one is another`() {
    #expect(faults(seed: 7) == faults(seed: 7))
    #expect(faults(seed: 7) != faults(seed: 8))
  }

  @Test func `a few hundred rounds hit everybody, by kills and by stops`() {
    let faults = faults(seed: 1)
    for victim in Fault.Victim.allCases {
      let own = faults.filter { $0.victim == victim }
      #expect(own.contains { $0.how == .kill }, "\(victim)")
      #expect(own.contains { if case .stop = $0.how { true } else { false } }, "\(victim)")
    }
  }
}
