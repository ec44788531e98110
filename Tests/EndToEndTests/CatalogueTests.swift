import Foundation
import Glibc
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// A small catalogue of styles, with what `contrib/catalogue` does at full size.
  @Suite(.timeLimit(.minutes(15)))
  struct Catalogue {
    private static let recipe = Built.package + "/contrib/recipes/style-catalog.yaml"

    private func submit(_ installation: Installation, _ styles: [String], _ more: [String] = []) async throws -> Int {
      let ran = try await installation.start(
        Built.genbroker,
        ["recipe", "run", Self.recipe, "--project", "styles", "--max-crashes", "1000"]
          + styles.flatMap { ["--input", "subcategories=\($0)"] } + more
      ).end()
      let words = ran.output.split(whereSeparator: \.isWhitespace)
      return try #require(words.lazy.compactMap { Int($0) }.first, "\(ran)")
    }

    private func groups(_ installation: Installation, _ job: Int) async throws -> [JobsAPI.OutputGroup] {
      try await installation.call(JobsAPI.Groups(job: job)).groups
    }

    @Test func `three styles with 24 rooms come whole through kills of broker and workers, each file once`()
      async throws
    {
      var random = SeededRandom(seed: Setting.seed())
      try await Installation.with { installation in
        var broker = try await installation.broker(["--grace", "2s"])
        var workers: [(kind: String, program: Program)] = []
        for kind in ["docs", "images"] {
          workers.append((kind, try await worker(installation, kind)))
        }
        let job = try await submit(installation, ["Modern", "Art Deco", "art  deco", "Zen"])
        for step in 1...8 {
          _ = try await eventually("\(step * 30) tasks are done", seconds: 120) {
            let counts = try await installation.call(JobsAPI.Show(job: job)).job.counts
            return counts.succeeded >= step * 30 ? true : nil
          }
          if random.next() % 2 == 0 {
            broker.signal(SIGKILL)
            try await broker.end()
            broker = try await installation.broker(["--grace", "2s"])
          } else {
            let place = Int(random.next() % 2)
            workers[place].program.signal(SIGKILL)
            try await workers[place].program.end()
            workers[place].program = try await worker(installation, workers[place].kind)
          }
        }
        let ended = try await installation.end(of: job, seconds: 300)
        #expect(ended.state == .succeeded && ended.counts.succeeded == 301, "\(ended)")
        let files = try await installation.files(of: job)
        #expect(files.count == 300 && files.allSatisfy { $0.version == 1 && $0.head && !$0.late })
        let styles = try await groups(installation, job)
        #expect(styles.map(\.group) == ["art deco", "modern", "zen"])
        #expect(styles.allSatisfy { $0.declared == 100 && $0.present == 100 && $0.missing.isEmpty })
        try await expectWholeCatalogue(installation, job)
        #expect(try await installation.findings().isEmpty)

        // All is there: nothing is made, and the next one is.
        let next = try await submit(installation, ["MODERN", "zen", "Rustic"], ["--input", "rooms=hall"])
        #expect(try await installation.end(of: next, seconds: 120).counts.succeeded == 9)
        #expect(try await groups(installation, next).map(\.group) == ["rustic"])
      }
    }

    /// 3 styles with 24 rooms, each with 3 pictures, which are charged with a credit each.
    private func expectWholeCatalogue(_ installation: Installation, _ job: Int) async throws {
      let collection = try await installation.call(FilesAPI.ShowCollection(name: "Styles", limit: 500))
      let whole = collection.collection
      #expect(whole.files == 300 && whole.completed == 300 && whole.percent == 100 && whole.credits == 225, "\(whole)")
      let sections = Dictionary(grouping: collection.items, by: \.section).mapValues(\.count)
      #expect(sections == ["art deco": 100, "modern": 100, "zen": 100])

      let kitchen = ["product": "art deco", "category": "kitchen"]
      let found = try await installation.call(FilesAPI.Find(columns: kitchen)).files
      #expect(found.count == 4)
      let plans = try await installation.call(
        FilesAPI.Find(columns: kitchen.merging(["type": "room-image", "view": "plan"]) { $1 })
      ).files
      #expect(plans.map(\.file.path) == ["art deco/kitchen/plan.png"])
      let stats = try await installation.call(FilesAPI.Stats())
      #expect(stats.files.reduce(0) { $0 + $1.files } == 300)
      #expect(stats.credits.map(\.credits).reduce(0, +) == 225)
    }

    private func worker(_ installation: Installation, _ kind: String) async throws -> Program {
      let plugin = kind == "docs" ? Built.docsPlugin : Built.imagesPlugin
      return try await installation.worker(kind: kind, concurrency: 2, plugin: plugin)
    }

    @Test func `a room that fails leaves the other 23 of its style whole`() async throws {
      try await ModelScene.with { scene in
        let installation = scene.installation
        try scene.server.script([#"{"type":"status","status":400,"times":0,"match":"conservatory"}"#])
        _ = try await installation.broker()
        for kind in ["docs", "images"] { _ = try await worker(installation, kind) }
        let job = try await submit(installation, ["Zen"], ["--model", "local/alpha"])
        let ended = try await installation.end(of: job, seconds: 120)
        #expect(ended.counts.failed == 1 && ended.counts.skipped == 3, "\(ended)")
        let group = try #require(try await groups(installation, job).first)
        #expect(group.declared == 100 && group.present == 96)
        #expect(group.missing.allSatisfy { $0.hasPrefix("zen/conservatory/") } && group.missing.count == 4)
      }
    }

    @Test func `pictures that a model refuses are made alone, and a server that is away charges nobody`() async throws {
      try await ModelScene.with(["--fail-every", "20"]) { scene in
        let installation = scene.installation
        let match = "room in the style zen, as its facts describe it, for a catalogue; view 2"
        try scene.server.script([#"{"type":"status","status":400,"times":0,"match":"\#(match)"}"#])
        _ = try await installation.broker()
        for kind in ["docs", "images"] { _ = try await worker(installation, kind) }
        let rooms = ["living room", "dining room", "guest room", "music room", "kitchen", "hall"]
        let job = try await submit(
          installation, ["Zen"], ["--model", "local/alpha"] + rooms.flatMap { ["--input", "rooms=\($0)"] })
        let ended = try await installation.end(of: job, seconds: 120)
        #expect(ended.state == .failed && ended.counts.failed == 4, "\(ended)")
        let group = try #require(try await groups(installation, job).first)
        #expect(group.declared == 28 && group.present == 24)
        #expect(group.missing == rooms.prefix(4).sorted().map { "zen/\($0)/wall.png" })

        try scene.server.send("POST", "/_control/reset")
        _ = try await installation.genbroker("retry", "\(job)")
        #expect(try await installation.end(of: job, seconds: 120).state == .succeeded)
        #expect(try scene.requests().filter(\.isAnswered).count == 4, "nothing else was asked for")
        let files = try await installation.files(of: job)
        #expect(files.count == 28 && files.allSatisfy { $0.version == 1 })
      }
    }
  }
}
