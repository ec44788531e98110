import CommandLine
import Wire

/// The table of `genbroker calls`.
///
/// - parameter namesJob: where calls of several jobs are mixed.
func callTable(_ calls: [JobsAPI.ModelCall], namesJob: Bool, time: TimeText) -> Table {
  var table = Table(
    [.init("CALL", .right), .init("WHEN")] + (namesJob ? [.init("JOB", .right)] : []) + [
      .init("TASK", shrinks: true), .init("MODEL", shrinks: true), .init("STATE"), .init("TOKENS", .right),
      .init("COST", .right), .init("TIME", .right), .init("WHAT", shrinks: true),
    ])
  for call in calls {
    table.add(
      [StyledText(String(call.call)), StyledText(time.short(Int64(call.atMs)))]
        + (namesJob ? [StyledText(String(call.job))] : []) + [
          StyledText(call.task), StyledText("\(call.provider)/\(call.model)"), call.stateText,
          StyledText(call.tokensText), StyledText(call.costText), StyledText(call.timeText),
          StyledText(call.trouble ?? call.purpose ?? ""),
        ])
  }
  return table
}

extension JobsAPI.ModelCall {
  var stateText: StyledText { StyledText(state, paint) }

  private var paint: Paint? {
    switch CallStateChoice(rawValue: state) {
    case .settled: .green
    case .reserved: .cyan
    case .rejected, .failed, .unknown, .wasted: .yellow
    case .unsent: .dim
    case nil: nil
    }
  }

  /// Whether it was paid for.
  private var isPaid: Bool { isPaidCall(state) }

  /// `1,200 → 340`; nothing for a call without an answer.
  var tokensText: String {
    guard inputTokens != nil || outputTokens != nil || isPaid else { return "" }
    return [inputTokens, outputTokens].map { $0.map { Human.grouped(Int64($0)) } ?? "?" }.joined(separator: " → ")
  }

  /// `$0.0123`; `at most $0.05`, or `unknown`, when it was, or may have been, paid for and nobody has said what it cost.
  var costText: String {
    if let picoUsd { return dollars(picoUsd) }
    guard mayBePaidCall(state) else { return "" }
    return atMostPicoUsd.map { "at most \(dollars($0))" } ?? "unknown"
  }

  var timeText: String { totalMs.map { Human.duration(milliseconds: Int64($0)) } ?? "" }

  /// `bad_answer: not the JSON that was asked for`; nil when nothing was wrong.
  var trouble: String? {
    let parts = [self.class, message].compactMap { $0 }.filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
  }
}

/// Whether a call that has ended so was paid for.
private func isPaidCall(_ state: String) -> Bool { ["settled", "rejected", "wasted"].contains(state) }

/// Whether it was, or may have been.
func mayBePaidCall(_ state: String) -> Bool { isPaidCall(state) || state == "unknown" }
