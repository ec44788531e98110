import BrokerClient
import CommandLine
import Wire

/// How the calls whose cost nobody has told are in a sum of dollars.
enum UntoldCosts: Equatable {
  /// Those of which a price was known are so much of it, at their worst; the others are not in it.
  case share(JobsAPI.Spent?)
  /// All of them at their worst, nobody knows how much of it.
  case atWorst
  /// At their worst where a price was known, else not at all.
  case unclear

  /// The sum, as far as it is sure.
  func words(_ pico: Int, calls: Int) -> String {
    guard calls > 0, pico > 0 else { return costWords(pico, unknownCalls: calls) }
    return switch self {
    case .share(let assumed): costWords(pico, unknownCalls: calls, assumed: assumed)
    case .atWorst: "at most \(dollars(pico)), \(Human.count(calls, "call")) of untold cost in it"
    case .unclear: "\(dollars(pico)) with \(Human.count(calls, "call")) of untold cost"
    }
  }

  /// Of several sums together.
  static func + (left: UntoldCosts, right: UntoldCosts) -> UntoldCosts {
    switch (left, right) {
    case (.share(nil), let other), (let other, .share(nil)): other
    case (.share(let left?), .share(let right?)):
      .share(
        JobsAPI.Spent(
          picoUsd: left.picoUsd + right.picoUsd, calls: left.calls + right.calls, tokens: left.tokens + right.tokens,
          credits: left.credits + right.credits))
    case (.atWorst, .atWorst): .atWorst
    default: .unclear
    }
  }
}

extension JobsAPI.Spending {
  /// How calls of untold cost are in what the whole job has cost.
  var untold: UntoldCosts { .share(assumed) }

  /// How they are in a part of it.
  var untoldInPart: UntoldCosts { assumed?.calls == costUnknown ? .atWorst : .unclear }
}

extension BrokerConnection {
  /// What a job has taken; nil when it has made no model calls, or is gone since.
  func spending(of job: Int) async throws -> JobsAPI.Spending? {
    do throws(BrokerError) {
      return try await call(JobsAPI.Show(job: job)).spending
    } catch {
      if error.is(JobsAPI.NoSuchJob.self) { return nil }
      throw error
    }
  }

  /// Looks up how calls of untold cost are in the rows of a usage of whole jobs.
  ///
  /// - parameters:
  ///   - rows: what the usage of `job` was, or of all.
  ///   - job: nil when the rows are jobs.
  func untoldCosts(in rows: [AdminAPI.UsageRow], of job: Int?) async throws -> [String: UntoldCosts] {
    let unsure = rows.filter { $0.costUnknown > 0 && $0.picoUsd > 0 }
    var found: [String: UntoldCosts] = [:]
    if let job {
      guard !unsure.isEmpty, let spending = try await spending(of: job) else { return [:] }
      for row in unsure { found[row.name] = rows.count == 1 ? spending.untold : spending.untoldInPart }
    } else {
      for row in unsure {
        guard let job = Int(row.name), let spending = try await spending(of: job) else { continue }
        found[row.name] = spending.untold
      }
    }
    return found
  }
}
