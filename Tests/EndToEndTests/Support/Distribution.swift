import Foundation

/// Times of many rounds, in nanoseconds.
struct Distribution {
  private let sorted: [Int64]

  init(_ valuesNs: [Int64]) { sorted = valuesNs.sorted() }

  /// The smallest value that so many percent do not exceed.
  func percentileMs(_ percent: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
    return Double(sorted[min(max(rank, 1), sorted.count) - 1]) / 1_000_000
  }

  var text: String {
    let marks: [(String, Double)] = [("p50", 50), ("p90", 90), ("p99", 99), ("max", 100)]
    let values = marks.map { "\($0.0) \(String(format: "%.2f", percentileMs($0.1))) ms" }
    return "\(sorted.count) rounds: " + values.joined(separator: ", ")
  }
}
