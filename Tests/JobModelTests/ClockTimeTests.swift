import JobModel
import Testing

@Suite struct `The time of day` {
  @Test(
    arguments: [
      (0, "00:00:00 UTC"), (1, "00:00:01 UTC"), (86_399_000, "23:59:59 UTC"), (86_399_001, "00:00:00 UTC"),
      (1_763_718_432_000, "09:47:12 UTC"), (-1_000, "23:59:59 UTC"),
    ] as [(Int64, String)])
  func `a moment is told by the second that is not before it`(ms: Int64, text: String) {
    #expect(clockTime(ofMs: ms) == text)
  }
}
