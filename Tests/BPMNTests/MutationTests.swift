import BPMN
import Testing

/// Files damaged at random: whatever comes out, it is a document or one error with words, never a crash, and the same
/// both times.
struct MutationTests {
  /// A small generator with a known seed (SplitMix64), so that a failure can be repeated.
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private func damage(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let length = min(Int.random(in: 1...60, using: &random), bytes.count - place)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.removeSubrange(place..<place + length)
      case 2:
        bytes.insert(contentsOf: bytes[place..<place + length], at: Int.random(in: 0..<bytes.count, using: &random))
      case 3: bytes.insert(contentsOf: "<!--".utf8, at: place)
      default: bytes.replaceSubrange(place..<place + 1, with: "\"><bpmn:task/>".utf8)
      }
    }
    return bytes
  }

  private func outcome(of bytes: [UInt8]) -> String {
    do throws(ParseError) {
      let document = try Document(parsing: bytes, fileName: "m.bpmn")
      let set = ProcessSet([document])
      let orders = document.processes.map { document.flowOrder(of: .process($0.handle)).nodes.count }
      return "\(document.nodes.map(\.key)) \(document.warnings) \(set.findings()) \(set.calls) \(orders)"
    } catch {
      #expect(!error.problem.isEmpty && !error.remedy.isEmpty)
      return error.description
    }
  }

  @Test func `damaged files give a document or an error, the same both times`() throws {
    let seed: UInt64 = 20_261_121
    print("seed", seed)
    var random = Random(state: seed)
    let good = try sample("contrib/samples/order-fulfilment/payment.bpmn")
    var errors = 0
    for _ in 0..<150 {
      let bytes = damage(good, &random)
      let first = outcome(of: bytes)
      #expect(outcome(of: bytes) == first)
      if first.hasPrefix("m.bpmn") { errors += 1 }
    }
    #expect(errors > 20 && errors < 150)
  }
}
