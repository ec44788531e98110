import EventLoop
import Foundation
import Glibc
import JSON
import ProcessSupport
import Testing
import TestSupport
import Wire

extension EndToEnd {
  /// Decks of flash cards: the recipe `deck-pairs` with the generator that is shipped, and servers of models that break.
  @Suite(.timeLimit(.minutes(10)))
  struct Decks {
    // MARK: With a model

    @Test(.enabled(if: LLMock.installed != nil))
    func `fifty pairs arrive from a provider that answers 429, cuts streams, repeats itself and breaks JSON`()
      async throws
    {
      let program = try #require(LLMock.installed)
      try await Installation.with { installation in
        let llmock = try await LLMock.start(program, chunkDelayMs: 1, on: installation.loop)
        try DeckScene.configure(installation, port: llmock.port)
        let cut = Cards.answer(Cards.numbered(900...920))
        try llmock.queue(
          [
            #"{"type":"fail","status":429,"retry_after":1}"#,
            #"{"type":"stream_fault","kind":"truncate","after_chunks":3}"#,
            #"{"type":"stream_fault","kind":"disconnect","after_chunks":2}"#,
          ]
            + [
              // The streams of the first two are cut.
              cut, cut, "no {JSON", Cards.answer(Cards.numbered(1...20) + Cards.unwanted),
              #"{"pairs":[{"front":1}]}"#, "```json\n\(Cards.answer(Cards.numbered(11...35)))\n```",
              Cards.answer(Cards.numbered(30...60)),
            ].map { Cards.json(["type": "reply", "text": .string($0)]) })
        _ = try await installation.broker()
        _ = try await installation.worker(kind: "docs")
        let scene = DeckScene(installation)
        let job = try await scene.run()
        #expect(try await installation.end(of: job).state == .succeeded)
        try await scene.check(job, terms: 1...50)
        let (_, lines) = try llmock.report(in: installation.directory)
        // Where two waits are as long by chance, it warns.
        #expect(lines.contains("PASS") || lines.contains("0 error(s)"), "\(lines)")
        // Who has cut the connection may have been paid: that attempt counts, and nothing else does.
        let errors = try await installation.call(JobsAPI.Errors(job: job)).errors
        #expect(errors.allSatisfy { $0.class == "connection_lost" }, "\(errors)")
      }
    }

    @Test func `whatever goes wrong between two questions, only the rest is asked for`() async throws {
      try await ModelScene.with { models in
        let scene = DeckScene(models.installation)
        func saying(_ text: String) -> String { Cards.json(["type": "answer", "text": .string(text)]) }
        try models.server.script([
          saying(Cards.answer(Cards.numbered(1...20) + Cards.unwanted)),
          #"{"type":"status","status":429,"retry_after":"1"}"#,
          saying(Cards.answer(Cards.unwanted + Cards.numbered(21...25))), #"{"type":"disconnect","after_pieces":2}"#,
          #"{"type":"truncate","after_pieces":2}"#, saying("no {JSON"), #"{"type":"unfit"}"#,
          saying(Cards.answer(Cards.numbered(26...37))), #"{"type":"unfit"}"#,
          saying(Cards.answer(Cards.numbered(1...60))),
        ])
        _ = try await models.installation.broker()
        _ = try await models.installation.worker(kind: "docs")
        let job = try await scene.run()
        #expect(try await models.installation.end(of: job).state == .succeeded)
        try await scene.check(job, terms: 1...50)
        let asked = try scene.asked(models)
        print("asked for: \(asked.map { "\($0.round): \($0.wanted)" })")
        let wanted = Set(asked.map { [$0.round, $0.wanted] })
        #expect([[1, 50], [2, 30], [3, 25]].allSatisfy { wanted.contains($0) }, "\(wanted)")
        #expect(asked.allSatisfy { $0.there == 0 || $0.wanted <= 50 - $0.there }, "never more than what is missing")
        // The same again asks nobody.
        let count = try models.requests().count
        let again = try await models.installation.end(of: try await scene.run())
        #expect(again.state == .succeeded && again.reused == 2)
        #expect(try models.requests().count == count)
      }
    }

    @Test func `whoever is killed between two questions, what was answered is not paid for again`() async throws {
      try await ModelScene.with(["--latency", "300"]) { models in
        let scene = DeckScene(models.installation)
        try models.server.script(
          (1...5).map { round in
            let cards = Cards.numbered((round * 10 - 14)...(round * 10)) + Cards.unwanted
            return Cards.json([
              "type": "answer", "text": .string(Cards.answer(cards)), "match": .string(#"\"round\":\#(round),"#),
              "times": 0,
            ])
          })
        var broker = try await models.installation.broker(["--grace", "2s"])
        var worker = try await models.installation.worker(kind: "docs")
        let job = try await scene.run()
        for (round, victim) in ["plugin", "worker", "broker", "plugin"].enumerated() {
          try await scene.sees(version: round + 1, of: job)
          switch victim {
          case "broker":
            broker.signal(SIGKILL)
            try await broker.end()
            broker = try await models.installation.broker(["--grace", "2s"])
          case "worker":
            worker.signal(SIGKILL)
            try await worker.end()
            worker = try await models.installation.worker(kind: "docs")
          default:
            for pid in children(of: worker.processID) { Glibc.kill(pid, SIGKILL) }
          }
        }
        #expect(try await models.installation.end(of: job).state == .succeeded)
        try await scene.check(job, terms: 1...50)
        let deck = try await scene.deck(job)
        #expect(deck["calls"]?.elements?.map { $0["round"]?.int } == [1, 2, 3, 4, 5])
        #expect(try await scene.versions(of: job) == 5, "one for each answer")
        try await scene.checkNothingPaidTwice(job, models)
      }
    }

    @Test func `a deck that has too few fails with what is there, and tried again it asks on`() async throws {
      try await ModelScene.with { models in
        let scene = DeckScene(models.installation)
        let seven = Cards.json(["type": "answer", "text": .string(Cards.answer(Cards.numbered(1...7))), "times": 4])
        try models.server.script([seven])
        _ = try await models.installation.broker()
        _ = try await models.installation.worker(kind: "docs")
        let job = try await scene.run(["--input", "count=10"])
        #expect(try await models.installation.end(of: job).state == .failed)
        let error = try #require(try await models.installation.call(JobsAPI.Errors(job: job)).errors.first)
        #expect(error.class == "too_few_pairs" && error.message.hasPrefix("there are 7 of 10 pairs"), "\(error)")
        #expect(try await scene.deck(job)["pairs"]?.elements?.count == 7)
        #expect(try models.requests().count == 4)

        try models.server.script([
          Cards.json(["type": "answer", "text": .string(Cards.answer(Cards.numbered(5...12)))])
        ])
        let retried = try await models.installation.genbroker("retry", "\(job)")
        #expect(retried.outcome == .exited(code: 0), "\(retried)")
        #expect(try await models.installation.end(of: job).state == .succeeded)
        try await scene.check(job, terms: 1...10)
        #expect(try models.requests().count == 5, "what was answered before is not asked for again")
      }
    }

    @Test func `a model that answers rubbish is asked three times, and once more each, in one attempt`() async throws {
      try await ModelScene.with { models in
        let scene = DeckScene(models.installation)
        try models.server.script([Cards.json(["type": "answer", "text": "no {JSON", "times": 0])])
        _ = try await models.installation.broker()
        _ = try await models.installation.worker(kind: "docs")
        let job = try await scene.run()
        #expect(try await models.installation.end(of: job).state == .failed)
        let errors = try await models.installation.call(JobsAPI.Errors(job: job)).errors
        #expect(errors.map(\.class) == ["too_few_pairs"], "\(errors)")
        #expect(errors.first?.message.contains("there are 0 of 50 pairs") == true, "\(errors)")
        #expect(try models.requests().count == 3 * 2)
      }
    }

    @Test func `an attempt whose time is up goes back to the queue, and the next one goes on from what is there`()
      async throws
    {
      try await ModelScene.with { models in
        let scene = DeckScene(models.installation)
        func answer(_ round: Int, _ terms: ClosedRange<Int>) -> String {
          Cards.json([
            "type": "answer", "text": .string(Cards.answer(Cards.numbered(terms))),
            "match": .string(#"\"round\":\#(round),"#), "times": 0,
          ])
        }
        try models.server.script([
          Cards.json(["type": "stall", "seconds": 2, "match": .string(#"\"round\":2,"#)]), answer(1, 1...6),
          answer(2, 1...10),
        ])
        _ = try await models.installation.broker()
        _ = try await models.installation.worker(kind: "docs")
        let job = try await scene.run(["--input", "count=10"], timeoutMs: 1_000)
        #expect(try await models.installation.end(of: job).state == .succeeded)
        try await scene.check(job, terms: 1...10)
        let errors = try await models.installation.call(JobsAPI.Errors(job: job)).errors
        #expect(errors.contains { $0.class == "timeout" }, "\(errors)")
        #expect(try scene.asked(models).count { $0.round == 1 } == 1, "the first answer was there")
      }
    }

    @Test func `two variants lie side by side and are compared`() async throws {
      try await ModelScene.with { models in
        let scene = DeckScene(models.installation)
        for (style, terms) in [("Short ones", 1...10), ("Long ones", 6...15)] {
          try models.server.script([
            Cards.json([
              "type": "answer", "text": .string(Cards.answer(Cards.numbered(terms))), "match": .string(style),
            ])
          ])
        }
        _ = try await models.installation.broker()
        _ = try await models.installation.worker(kind: "docs", concurrency: 2)
        let variants = #"variants=[{"name":"A","style":"Short ones"},{"name":"B","style":"Long ones"}]"#
        let job = try await scene.run(["--input", "count=10", "--input", variants])
        #expect(try await models.installation.end(of: job).state == .succeeded)
        try await scene.check(job, terms: 1...10)
        try await scene.check(job, terms: 6...15, variant: "B")
        let comparison = try await scene.json("comparison.json", of: job)
        #expect(comparison["in_all"]?.elements?.count == 5)
        #expect(comparison["only_in"]?["B/deck.json"]?.elements?.count == 5)
        #expect(comparison["decks"]?.elements?.allSatisfy { ($0["pico_usd"]?.int ?? 0) > 0 } == true)
        #expect(try await models.installation.text("comparison.md", of: job).contains("## In all: 5 fronts"))
      }
    }

    // MARK: Without

    @Test func `without a model a glossary gives the deck, and Anki takes it`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        _ = try await installation.worker(kind: "docs")
        let scene = DeckScene(installation)
        let source = "source=@\(Built.package)/contrib/samples/cell-biology/glossary.md"
        let job = try await scene.run(["--input", source], model: "offline")
        #expect(try await installation.end(of: job).state == .succeeded)
        let deck = try await scene.deck(job)
        #expect(deck["pairs"]?.elements?.count == 50 && deck["made_by"]?.string == "source")
        try await scene.checkImport(job, deck)

        let more = try await scene.run(["--input", source, "--input", "count=100"], model: "offline")
        #expect(try await installation.end(of: more).state == .failed)
        let errors = try await installation.genbroker("errors", "\(more)")
        #expect(errors.output.contains("of 100 pairs, and the source gives no more"), "\(errors)")
        #expect(try await installation.findings().isEmpty)
      }
    }
  }
}

/// What models say in these tests.
private enum Cards {
  static func numbered(_ numbers: ClosedRange<Int>) -> [(String, String)] {
    numbers.filter { $0 > 0 }.map { ("Term number \($0)", "Meaning of \($0)") }
  }

  /// Repeated, banned, the other way round, empty, the same on both sides.
  static let unwanted = [
    ("TERM NUMBER 3.", "again"), ("\"term  number 4\"", "again"), ("A virus", "banned"),
    ("Banned, too", "some Vi\u{301}rus!"),
    ("Meaning of 2", "Term number 2"), ("", "nothing"), ("Same", "same."),
  ]

  static func answer(_ cards: [(String, String)]) -> String {
    json(["pairs": .array(cards.map { ["front": .string($0.0), "back": .string($0.1)] })])
  }

  static func json(_ tree: JSONTree) -> String { String(decoding: tree.bytes, as: UTF8.self) }
}

/// Jobs of the recipe at one place.
private struct DeckScene {
  let installation: Installation

  init(_ installation: Installation) { self.installation = installation }

  /// One model with a price: the recipe has a budget in dollars.
  static func configure(_ installation: Installation, port: Int) throws {
    let folder = installation.directory + "/home/.config/genbroker"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let text = """
      {"providers": {"local": {"api": "chat", "base_url": "http://127.0.0.1:\(port)/v1", "timeouts": {"idle_ms": 2000}}},
       "prices": {"local/alpha": {"input": "1", "output": "2"}}}
      """
    try Data(text.utf8).write(to: URL(filePath: folder + "/models.json"))
  }

  /// Submits the recipe with what all tests here have in common.
  ///
  /// - Parameter timeoutMs: of an attempt, instead of the minute of the recipe.
  func run(_ more: [String] = [], model: String = "local/alpha", timeoutMs: Int? = nil) async throws -> Int {
    var recipe = Built.package + "/contrib/recipes/deck-pairs.yaml"
    if let timeoutMs {
      let text = try String(contentsOfFile: recipe, encoding: .utf8)
      recipe = installation.directory + "/hasty.yaml"
      try text.replacing("timeout_ms: 60000", with: "timeout_ms: \(timeoutMs)").write(
        toFile: recipe, atomically: true, encoding: .utf8)
    }
    let ran = try await installation.start(
      Built.genbroker,
      [
        "recipe", "run", recipe, "--input", "topic=Numbers", "--input",
        "banned=Virus", "--model", model,
      ] + more
    ).end()
    return try #require(Int(ran.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(ran)")
  }

  func json(_ path: String, of job: Int) async throws -> JSONValue {
    try JSONDocument(Array(try await installation.text(path, of: job).utf8)).root
  }

  func deck(_ job: Int, variant: String = "A") async throws -> JSONValue {
    try await json("\(variant)/deck.json", of: job)
  }

  /// Of the deck's file.
  func versions(of job: Int) async throws -> Int {
    try await installation.files(of: job).filter { $0.path == "A/deck.json" }.map(\.version).max() ?? 0
  }

  func sees(version: Int, of job: Int) async throws {
    _ = try await eventually("deck.json has version \(version)") { try await versions(of: job) >= version ? true : nil }
  }

  /// Holds a deck against the numbers of the terms that it has to have, each once, and has Anki import it.
  func check(_ job: Int, terms: ClosedRange<Int>, variant: String = "A") async throws {
    let deck = try await deck(job, variant: variant)
    let fronts = (deck["pairs"]?.elements ?? []).compactMap { $0["front"]?.string }
    #expect(fronts.sorted() == terms.map { "Term number \($0)" }.sorted(), "\(fronts)")
    #expect(deck["complete"]?.bool == true)
    #expect(try await installation.findings().isEmpty)
    try await checkImport(job, deck, variant: variant)
  }

  func checkImport(_ job: Int, _ deck: JSONValue, variant: String = "A") async throws {
    guard let python = Anki.python else { return }
    let csv = try await installation.text("\(variant)/deck.csv", of: job)
    let collection = try Anki.importing([csv, csv], python: python)
    let pairs = deck["pairs"]?.elements ?? []
    #expect(collection.imports[0].new == pairs.count && collection.imports[1].unchanged == pairs.count)
    let expected = pairs.map { [$0["id"]?.string, $0["front"]?.string, $0["back"]?.string] }
    let found = collection.notes.map { [$0.guid] + $0.fields }
    #expect(Set(found) == Set(expected.map { $0.map { $0 ?? "" } }))
  }

  // MARK: Questions

  /// What was asked in one request.
  struct Asked {
    let round: Int
    let wanted: Int
    let there: Int
    let atMs: Double
  }

  func asked(_ models: ModelScene) throws -> [Asked] {
    try models.requests().compactMap { request in try Self.asked(request.body, atMs: request.atMs) }
  }

  /// By the block of data in its prompt, which is a string in JSON, whichever object that is in.
  private static func asked(_ body: String, atMs: Double) throws -> Asked? {
    guard let begin = body.range(of: #"{\"round\":"#),
      let end = body.range(of: #"\n```\n"#, range: begin.lowerBound..<body.endIndex)
    else { return nil }
    let string = "\"" + body[begin.lowerBound..<end.lowerBound] + "\""
    let block = try JSONDocument(Array(string.utf8)).root.string ?? ""
    let data = try JSONDocument(Array(block.utf8)).root
    guard let round = data["round"]?.int, let wanted = data["wanted"]?.int else { return nil }
    return Asked(round: Int(round), wanted: Int(wanted), there: data["there"]?.elements?.count ?? 0, atMs: atMs)
  }

  /// No request came for a question when its answer was settled.
  func checkNothingPaidTwice(_ job: Int, _ models: ModelScene) async throws {
    var settledMs: [Int: Int] = [:]
    for call in try await models.calls(of: job) where call.state == "settled" {
      let shown = try await installation.call(JobsAPI.ShowCall(call: call.call))
      let prompt = String(decoding: try #require(shown.prompt).bytes, as: UTF8.self)
      let round = try #require(try Self.asked(prompt, atMs: 0)?.round, "\(prompt)")
      #expect(settledMs[round] == nil, "question \(round) is settled once")
      settledMs[round] = call.endedMs ?? 0
    }
    #expect(settledMs.keys.sorted() == [1, 2, 3, 4, 5])
    let requests = try asked(models)
    let late = requests.filter { $0.atMs > Double(settledMs[$0.round] ?? 0) }
    #expect(late.isEmpty, "\(late)")
    print("5 questions, \(requests.count) requests, none for a question after its answer was settled")
  }
}
