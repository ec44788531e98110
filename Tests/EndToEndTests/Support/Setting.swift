import Foundation

/// What can be set from outside for a longer run, or to repeat one.
enum Setting {
  static func number(_ name: String, default value: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
  }

  /// The seed of a test, printed so that its choices can be repeated with `GENBROKER_TEST_SEED`.
  static func seed(_ test: String = #function) -> UInt64 {
    let given = ProcessInfo.processInfo.environment["GENBROKER_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 1...999_999)
    print("seed \(seed): \(test)")
    return seed
  }
}
