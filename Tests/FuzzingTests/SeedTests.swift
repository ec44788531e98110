import Foundation
import Testing

@testable import Fuzzing

/// The harness without libFuzzer: what was checked in is tried in every ordinary test.
struct SeedTests {
  /// One input and who takes it.
  struct Seed: Sendable, CustomTestStringConvertible {
    let target: any FuzzTarget.Type
    let file: URL

    var testDescription: String { "\(target.name)/\(file.lastPathComponent)" }
  }

  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func files(in folder: String) -> [URL] {
    let found = try? FileManager.default.contentsOfDirectory(
      at: package.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return (found ?? []).sorted { $0.path < $1.path }
  }

  private static let seeds = FuzzTargets.all.flatMap { target in
    files(in: "Tests/Fuzzing/Seeds/\(target.name)").map { Seed(target: target, file: $0) }
  }

  private static let samples = files(in: "contrib/samples/order-fulfilment").map {
    Seed(target: BPMNTarget.self, file: $0)
  }

  @Test(arguments: seeds + samples)
  func `every seed and every sample keeps the promises of its target`(_ seed: Seed) throws {
    try seed.target.check(Array(try Data(contentsOf: seed.file)))
  }

  @Test(arguments: seeds)
  func `a seed is no longer than what libFuzzer keeps of it`(_ seed: Seed) throws {
    #expect(try Data(contentsOf: seed.file).count <= seed.target.inputBytesMax)
  }

  @Test func `every target has seeds, and every folder of seeds is that of a target`() {
    let folders = Self.files(in: "Tests/Fuzzing/Seeds").map(\.lastPathComponent)
    #expect(folders == FuzzTargets.all.map { $0.name }.sorted())
    for target in FuzzTargets.all { #expect(Self.seeds.count { $0.target == target } >= 4, "\(target.name)") }
    #expect(!Self.samples.isEmpty)
  }

  @Test func `an input without a byte keeps the promises of every target`() throws {
    for target in FuzzTargets.all { try target.check([]) }
  }

  @Test func `a promise that does not hold is told in its words`() {
    let error = #expect(throws: BrokenPromise.self) { try promise("two and two are five", 2 + 2 == 5) }
    #expect(error?.description == "two and two are five")
    #expect(throws: Never.self) { try promise("two and two are four", 2 + 2 == 4) }
  }
}
