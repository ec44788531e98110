import JSON
import PluginKit
import ProcessFiles

/// One task of op `pairs`: goes on from what is there, and commits what is new before it asks again.
struct PairsTask {
  private let task: GenerationTask
  private let payload: PairsPayload
  private let host: any Host
  private var file: DeckFile
  /// Pairs whose records are committed: those of the file that is there.
  private var recorded = 0

  /// Reads what an earlier attempt has committed.
  init(_ task: GenerationTask, _ host: any Host) throws {
    (self.task, self.host) = (task, host)
    payload = try PairsPayload(task)
    file = DeckFile(Deck(payload.rules))
    guard task.isDone(payload.jsonPath) else { return }
    if let earlier = DeckFile(try host.read(payload.jsonPath), payload.rules) { file = earlier }
    recorded = file.deck.pairs.count
  }

  mutating func run() throws {
    if file.isComplete, task.isDone(payload.csvPath) { return }
    try progress()
    let source = try PairsSource(payload.sources, host)
    if !file.deck.isFull {
      if task.hasModel { try ask(source) } else { try take(source) }
    }
    try host.put(path: payload.csvPath, mediaType: "text/csv", text: DeckCSV.text(file.deck))
    file.isComplete = true
    try commit()
  }

  // MARK: Without a model

  private mutating func take(_ source: PairsSource) throws {
    guard !payload.sources.isEmpty else {
      throw PluginFailure(
        "no_source",
        "there is no model, and no source to take pairs from.\n"
          + "Submit with --model, or give a glossary: --input source=@FILE with the recipe deck-pairs.")
    }
    // The source is read from its beginning, so that what it repeats is counted once.
    if file.calls.isEmpty { (file, recorded) = (DeckFile(Deck(payload.rules)), 0) }
    try source.fill(&file.deck, host)
    guard !file.deck.isFull else { return }
    if !file.deck.pairs.isEmpty { try commit() }
    throw tooFew(
      "the source gives no more", "Add lines to the source, ask for fewer with 'count', or submit with --model.")
  }

  // MARK: With a model

  private mutating func ask(_ source: PairsSource) throws {
    let text = try source.told(host)
    var rounds = PairRounds(payload, after: file.calls.last?.round ?? 0)
    while !file.deck.isFull {
      if let reason = rounds.end {
        throw tooFew(
          reason, "'genbroker retry' asks on. Or say more in the prompt, ban less, or ask for fewer with 'count'.")
      }
      guard let call = try rounds.ask(&file.deck, source: text, host) else { continue }
      file.calls.append(call)
      if !file.deck.isFull { try commit() }
      try progress()
    }
  }

  // MARK: What is there

  /// A record for each new pair, and then the file: what is in the file has its record.
  private mutating func commit() throws {
    for pair in file.deck.pairs[recorded...] { try host.record(pair.record(deck: payload.rules.deck)) }
    recorded = file.deck.pairs.count
    try host.put(
      path: payload.jsonPath, mediaType: "application/json", text: file.text, meta: JSONText(file.meta))
  }

  private func progress() throws {
    let (count, wanted) = (file.deck.pairs.count, payload.rules.count)
    try host.progress(done: count, total: wanted, note: "\(count) of \(counted(wanted, "pair"))")
  }

  private func tooFew(_ reason: String, _ remedy: String) -> PluginFailure {
    let rejected = file.deck.rejected.words
    let kept = file.deck.pairs.isEmpty ? "" : " What is there is in \(payload.jsonPath)."
    return PluginFailure(
      "too_few_pairs",
      shortened(
        "there are \(file.deck.pairs.count) of \(counted(payload.rules.count, "pair")), and \(reason)"
          + (rejected.isEmpty ? "." : "; rejected: \(rejected)."), toBytes: Self.messageBytesMax) + kept + "\n\(remedy)"
    )
  }

  /// The broker stores 4 KiB.
  private static let messageBytesMax = 3_000
}
