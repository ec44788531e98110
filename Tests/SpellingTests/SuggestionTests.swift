import Spelling
import Testing

@Suite struct `What was probably meant` {
  @Test(arguments: [
    ("knid", "kind"), ("kinds", "kind"), ("kin", "kind"), ("KIND", "kind"), ("inlcude", "include"),
    ("x", nil), ("", nil), ("completely", nil), ("in", nil),
  ])
  func `the nearest name is suggested, and none that is far`(typed: String, meant: String?) {
    #expect(nearest(to: typed, among: ["kind", "include", "wait"]) == meant)
  }
}
