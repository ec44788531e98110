import EventLoop
import Foundation
import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// Tech packs: the recipe `tech-pack` with the generators that are shipped.
  @Suite(.timeLimit(.minutes(15)))
  struct TechPack {
    private static let recipe = Built.package + "/contrib/recipes/tech-pack.yaml"
    private static let sample = Built.package + "/contrib/samples/tech-pack/"
    private static let pictures = ["a-front.svg", "a-back.svg", "b-front.png", "c-front.png"]
    /// With two close-ups of each view.
    private static let arguments = [
      "--input", "product=Parka", "--input", "revisions=@\(sample)revisions.json", "--input",
      "measurements=@\(sample)measurements.json", "--input", "details=2",
    ]

    private static func pictures(_ folder: String = sample) -> [String] {
      pictures.flatMap { ["--input", "pictures=@\(folder)\($0)"] }
    }

    /// What the recipe makes of the sample, by hand.
    private static let expected: Set<String> = {
      let views = [("A", "front"), ("A", "back"), ("B", "front"), ("C", "front")]
      let packs = ["A", "B", "C"].flatMap { ["\($0)/views.json", "\($0)/tech-pack.html", "\($0)/tech-pack.pdf"] }
      let parts = views.flatMap { revision, view in
        let details = view == "back" ? ["collar", "cuff"] : ["collar", "closure"]
        return ["\(revision)/analysis/\(view).json", "\(revision)/sketches/\(view).svg"]
          + details.map { "\(revision)/close-ups/\(view)/\($0).png" }
      }
      return Set((packs + parts).map { "Parka/\($0)" })
    }()

    /// A broker with workers of both kinds.
    ///
    /// - Parameter options: of the broker.
    private func with(_ options: [String] = [], _ body: (Installation) async throws -> Void) async throws {
      try await Installation.with { installation in
        _ = try await installation.broker(options)
        _ = try await installation.worker(kind: "docs", plugin: Built.docsPlugin)
        _ = try await installation.worker(kind: "images", plugin: Built.imagesPlugin)
        try await body(installation)
        #expect(try await installation.findings() == [])
      }
    }

    private func run(_ installation: Installation, _ more: [String]) async throws -> JobsAPI.Job {
      let ran = try await installation.start(Built.genbroker, ["recipe", "run", Self.recipe] + more).end()
      let job = try #require(Int(ran.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(ran)")
      return try await installation.end(of: job)
    }

    private func command(_ installation: Installation, _ words: String...) async throws -> String {
      let ran = try await installation.start(Built.genbroker, words).end()
      #expect(ran.outcome == .exited(code: 0), "\(words): \(ran)")
      return ran.output
    }

    /// The hashes of the current files, by path.
    private func heads(_ installation: Installation, _ job: Int) async throws -> [String: String] {
      let heads = try await installation.files(of: job).filter(\.head)
      return Dictionary(uniqueKeysWithValues: heads.map { ($0.path, $0.sha256) })
    }

    private func changed(_ one: [String: String], _ other: [String: String]) -> Set<String> {
      Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }
    }

    @Test func `three revisions have exactly these files, and a pack of each can be read`() async throws {
      try await with { installation in
        let job = try await run(installation, Self.arguments + Self.pictures())
        #expect(job.state == .succeeded, "\(job)")
        #expect(try await Set(heads(installation, job.job).keys) == Self.expected)
        let directory = installation.directory + "/out"
        _ = try await command(installation, "export", "\(job.job)", "-o", directory)
        let page = try String(contentsOfFile: directory + "/Parka/A/tech-pack.html", encoding: .utf8)
        #expect(page.matches(of: /<img src="data:image/).count == 2 * (1 + 1 + 2) && !page.contains("What is missing"))
        guard PDFTool.isThere else { return }
        // Title, contents, measures; of each view its page, its sketch and its close-ups.
        for (revision, count) in [("A", 9), ("B", 6), ("C", 6)] {
          let path = directory + "/Parka/\(revision)/tech-pack.pdf"
          #expect(try PDFTool.run("pdfinfo", path).contains(try Regex("Pages: +\(count)\\n")))
          #expect(try PDFTool.run("pdftotext", path, "-").contains("Parka, revision \(revision)"))
        }
      }
    }

    @Test func `again nothing is made; a changed picture makes what hangs on it, and no other analysis`() async throws {
      try await with { installation in
        let first = try await run(installation, Self.arguments + Self.pictures())
        let again = try await run(installation, Self.arguments + Self.pictures())
        let own = again.counts.succeeded - again.reused
        // What the broker does itself, to make tasks of what is known, is no work of a generator.
        #expect(again.state == .succeeded && own == 1 + 3 + 4, "\(again)")
        let before = try await heads(installation, again.job)
        #expect(changed(try await heads(installation, first.job), before).isEmpty)

        let folder = installation.directory + "/other/"
        try FileManager.default.copyItem(atPath: Self.sample, toPath: folder)
        try FileManager.default.removeItem(atPath: folder + "b-front.png")
        try FileManager.default.copyItem(atPath: folder + "c-front.png", toPath: folder + "b-front.png")
        let third = try await run(installation, Self.arguments + Self.pictures(folder))
        let made = changed(before, try await heads(installation, third.job))
        #expect(made == Self.expected.filter { $0.hasPrefix("Parka/B/") }, "\(made.sorted())")
        // Of revision B: views, analysis, two close-ups, sketch, pack. The views of the others are looked at again.
        #expect(third.counts.succeeded - third.reused == 8 + 6 + 2, "\(third)")
      }
    }

    @Test func `what exists is left as it is, whatever has changed`() async throws {
      try await with { installation in
        let project = ["--project", "parka"]
        let first = try await run(installation, Self.arguments + Self.pictures() + project)
        let before = try await heads(installation, first.job)
        let other = Self.arguments.map { $0.hasPrefix("measurements=") ? #"measurements={"Chest width": 1}"# : $0 }
        let again = try await run(installation, other + Self.pictures() + project + ["--reuse", "exists"])
        #expect(again.state == .succeeded && again.counts.succeeded - again.reused == 1 + 3 + 4, "\(again)")
        let after = try await heads(installation, again.job)
        #expect(changed(before, after).isEmpty, "\(changed(before, after).sorted())")
      }
    }

    @Test func `a close-up of one's own and its way back change that alone, and what rests on it is told`() async throws
    {
      try await with { installation in
        let job = try await run(installation, Self.arguments + Self.pictures()).job
        let closeUp = "Parka/A/close-ups/front/collar.png"
        let packs: Set = ["Parka/A/tech-pack.html", "Parka/A/tech-pack.pdf"]
        let first = try await heads(installation, job)

        _ = try await command(installation, "regenerate", "\(job)", "--task", "close-up/A/front/collar", "--only")
        _ = try await installation.end(of: job)
        #expect(try await changed(first, heads(installation, job)).isEmpty, "facts give the same picture again")

        let picture = Self.sample + "c-front.png"
        _ = try await command(installation, "put", "\(job)", closeUp, picture, "--why", "a photograph")
        let put = try await heads(installation, job)
        #expect(changed(first, put) == [closeUp])
        #expect(try await command(installation, "outdated", "\(job)").contains("pack/A"))

        _ = try await command(installation, "regenerate", "\(job)", "--outdated")
        _ = try await installation.end(of: job)
        #expect(try await changed(put, heads(installation, job)) == packs)

        _ = try await command(installation, "rollback", "\(job)", closeUp, "--to", "1")
        #expect(try await changed(first, heads(installation, job)) == packs, "only the close-up has gone back")
        let outdated = try await command(installation, "outdated", "\(job)")
        #expect(outdated.contains("pack/A") && !outdated.contains("pack/B") && !outdated.contains("sketch"))
        _ = try await command(installation, "regenerate", "\(job)", "--task", "pack/A")
        _ = try await installation.end(of: job)
        #expect(try await changed(first, heads(installation, job)).isEmpty, "the pack is what it was, byte by byte")
      }
    }

    @Test func `a wrong picture ends its revision with one clear error before anything else is made of it`()
      async throws
    {
      try await with { installation in
        let folder = installation.directory + "/other/"
        try FileManager.default.copyItem(atPath: Self.sample, toPath: folder)
        try Data("no picture".utf8).write(to: URL(filePath: folder + "b-front.png"))
        let job = try await run(installation, Self.arguments + Self.pictures(folder))
        #expect(job.state == .failed)
        let errors = try await installation.call(JobsAPI.Errors(job: job.job)).errors
        #expect(errors.map(\.task) == ["views/B"], "\(errors)")
        #expect(
          errors.first?.message.contains("'b-front.png' cannot be read: it is neither PNG nor JPEG, WebP or SVG")
            == true)
        let paths = try await Set(heads(installation, job.job).keys)
        #expect(paths == Self.expected.filter { !$0.hasPrefix("Parka/B/") })
      }
    }

    // MARK: Progress and credits

    /// What a collection says at a step.
    private struct Figures: Equatable {
      var files: Int
      var completed: Int
      var failed: Int
      var percent: Int
      var credits: Int
    }

    /// Written down before: 4 views with an analysis, 2 close-ups and a sketch each are 16 charges; with 3 packs of 2 files
    /// they are 22 files.
    private static let steps: [(step: String, expected: Figures)] = [
      ("one close-up is refused", Figures(files: 22, completed: 21, failed: 1, percent: 95, credits: 15)),
      ("it is tried again", Figures(files: 22, completed: 22, failed: 0, percent: 100, credits: 16)),
      ("all is submitted again and reused", Figures(files: 22, completed: 22, failed: 0, percent: 100, credits: 16)),
      ("one close-up is made again", Figures(files: 22, completed: 22, failed: 0, percent: 100, credits: 17)),
      ("it is rolled back", Figures(files: 22, completed: 22, failed: 0, percent: 100, credits: 17)),
    ]

    private func figures(_ installation: Installation) async throws -> Figures {
      let now = try await installation.call(FilesAPI.ShowCollection(name: "Tech packs")).collection
      return Figures(
        files: now.files, completed: now.completed, failed: now.failed, percent: now.percent, credits: now.credits)
    }

    private func take(_ step: Int, _ scene: ModelScene, _ job: Int) async throws {
      let closeUp = "close-up/A/front/storm-flap"
      switch step {
      case 0: break
      case 1: _ = try await command(scene.installation, "retry", "\(job)")
      case 2:
        let again = try await runAll(scene)
        // Made are what the broker does itself, and the pack that was made without the close-up.
        #expect(again.state == .succeeded && again.reused == again.counts.succeeded - (1 + 3 + 4) - 1, "\(again)")
      case 3:
        try scene.server.script([#"{"type":"image","times":1,"match":"close-up of the Storm flap","bytes":9000}"#])
        _ = try await command(scene.installation, "regenerate", "\(job)", "--task", closeUp, "--only")
      default:
        let path = "Parka/A/close-ups/front/storm-flap.png"
        _ = try await command(scene.installation, "rollback", "\(job)", path, "--to", "1")
      }
      _ = try await scene.installation.end(of: job)
    }

    private func runAll(_ scene: ModelScene) async throws -> JobsAPI.Job {
      try await run(
        scene.installation, Self.arguments + Self.pictures() + ["--project", "parka", "--model", "other/beta"])
    }

    @Test func `progress and credits of the collection are right at each step`() async throws {
      try await ModelScene.with { scene in
        try scene.server.script([
          try Self.answer(times: 0), #"{"type":"blocked","times":1,"match":"close-up of the Hood"}"#,
        ])
        _ = try await scene.installation.broker()
        _ = try await scene.installation.worker(kind: "docs", plugin: Built.docsPlugin)
        _ = try await scene.installation.worker(kind: "images", plugin: Built.imagesPlugin)
        let job = try await runAll(scene).job
        for (number, step) in Self.steps.enumerated() {
          try await take(number, scene, job)
          #expect(try await figures(scene.installation) == step.expected, "\(step.step)")
        }
        let found = try await scene.installation.call(
          FilesAPI.Find(columns: ["product": "Parka", "revision": "A", "view": "front"])
        ).files
        #expect(
          found.map { $0.file.columns?["type"] ?? "" }.sorted() == ["analysis", "close-up", "close-up", "sketch"])
        #expect(try await scene.installation.findings() == [])
      }
    }

    // MARK: Another user

    /// What another user asks, and is answered: the beginning of the line.
    private static func intrusions(_ job: Int) -> [(call: String, answer: String)] {
      let (noJob, noCollection) = ("org.genbroker.Files.NoSuchJob", "org.genbroker.Files.NoSuchCollection")
      let hidden = "org.genbroker.Jobs.NoSuchJob"
      return [
        (#"Files.Find {"columns":{"product":"Parka"}}"#, #"ok {"files": [], "more": false}"#),
        (#"Files.Find {"columns":{"product":"Parka"},"archived":true}"#, #"ok {"files": [], "more": false}"#),
        (#"Files.Find {"job":\#(job)}"#, noJob), (#"Files.List {"job":\#(job)}"#, noJob),
        (#"more:Files.Read {"job":\#(job),"path":"Parka/A/tech-pack.pdf"}"#, noJob),
        (#"Files.History {"job":\#(job),"path":"Parka/A/tech-pack.pdf"}"#, noJob),
        (#"Files.Records {"job":\#(job)}"#, noJob),
        ("Files.Collections", #"ok {"collections": [], "more": false}"#),
        (#"Files.ShowCollection {"name":"Tech packs"}"#, noCollection),
        ("Files.Stats", #"ok {"files": [], "credits": []}"#),
        (#"Files.Stats {"columns":{"product":"Parka"}}"#, #"ok {"files": [], "credits": []}"#),
        ("Jobs.List", #"ok {"jobs": [], "#), ("Jobs.Show", hidden), (#"Jobs.Show {"job":\#(job)}"#, hidden),
        (#"Jobs.Tasks {"job":\#(job)}"#, hidden), (#"Jobs.Groups {"job":\#(job)}"#, hidden),
        (#"more:Jobs.Watch {"since":"0","no_follow":true}"#, #"ok {"events": [], "#),
      ]
    }

    @Test(.enabled(if: OtherUser.isPossible))
    func `another user sees no file, record, collection, statistics, credits or job of a complete pack`() async throws {
      try await with(["--socket-group", "\(OtherUser.group)"]) { installation in
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: installation.directory)
        let job = try await run(installation, Self.arguments + Self.pictures())
        #expect(job.state == .succeeded, "\(job)")
        let intrusions = Self.intrusions(job.job)
        let theirs = try OtherUser.calls(installation.socket, intrusions.map(\.call))
        let ours = try OtherUser.callsOfOurs(installation.socket, intrusions.map(\.call))
        #expect(theirs.count == intrusions.count && ours.count == intrusions.count)
        for ((call, answer), (theirs, ours)) in zip(intrusions, zip(theirs, ours)) {
          #expect(theirs.hasPrefix(answer) && !theirs.contains("Parka/"), "\(call): \(theirs.prefix(300))")
          // There is something to see, or the answer above would say nothing.
          #expect(ours.hasPrefix("ok {") && !ours.hasPrefix(answer), "\(call): \(ours.prefix(300))")
        }
        // A collection of the same name is the other user's own, and empty.
        let own = try OtherUser.calls(
          installation.socket,
          [#"Files.SetCollection {"name":"Tech packs"}"#, #"Files.ShowCollection {"name":"Tech packs"}"#])
        #expect(own.first?.hasPrefix(#"ok {"created": true}"#) == true && own.last?.contains(#""items": []"#) == true)
        let packs = try await installation.call(FilesAPI.ShowCollection(name: "Tech packs")).collection
        #expect(packs.files == 22 && packs.completed == 22 && packs.credits == 16, "\(packs)")
      }
    }

    // MARK: With a model

    /// What a model says of a view.
    ///
    /// - Parameter times: how often; 0 for always.
    private static func answer(times: Int = 1) throws -> String {
      let said =
        #"{"summary":"A parka.","details":[{"name":"Storm flap","region":{"x":0.4,"y":0.2,"width":0.2,"height":0.4}},"#
        + #"{"name":"Hood"}],"materials":["waxed cotton"]}"#
      let text = try String(decoding: JSONEncoder().encode(said), as: UTF8.self)
      return #"{"type":"answer","times":\#(times),"match":"Describe the construction","text":\#(text)}"#
    }

    /// One view of one revision.
    private func runWithModel(_ scene: ModelScene) async throws -> JobsAPI.Job {
      _ = try await scene.installation.broker()
      _ = try await scene.installation.worker(kind: "docs", plugin: Built.docsPlugin)
      _ = try await scene.installation.worker(kind: "images", plugin: Built.imagesPlugin)
      return try await run(
        scene.installation,
        [
          "--input", "product=Parka", "--input", #"revisions=[{"name":"B","views":{"front":"b-front.png"}}]"#,
          "--input",
          "pictures=@\(Self.sample)b-front.png", "--model", "other/beta",
        ])
    }

    @Test func `a close-up that a model makes again, and its way back, change that alone`() async throws {
      try await ModelScene.with { scene in
        try scene.server.script([try Self.answer()])
        let job = try await runWithModel(scene)
        #expect(job.state == .succeeded, "\(job)")
        let (first, asked) = (try await heads(scene.installation, job.job), try scene.requests().count)
        let closeUp = "Parka/B/close-ups/front/storm-flap.png"

        try scene.server.script([#"{"type":"image","times":1,"match":"close-up of the Storm flap","bytes":9000}"#])
        _ = try await command(
          scene.installation, "regenerate", "\(job.job)", "--task", "close-up/B/front/storm-flap", "--only")
        #expect(try await scene.installation.end(of: job.job).state == .succeeded)
        #expect(try await changed(first, heads(scene.installation, job.job)) == [closeUp])
        #expect(try scene.requests().count == asked + 1, "nobody else asks again")
        #expect(try await command(scene.installation, "outdated", "\(job.job)").contains("pack/B"))

        _ = try await command(scene.installation, "rollback", "\(job.job)", closeUp, "--to", "1")
        #expect(try await changed(first, heads(scene.installation, job.job)).isEmpty)
        #expect(try await scene.installation.findings() == [])
      }
    }

    @Test
    func `a model is shown each view, a misfit is mended once, and a close-up that it refuses is named in the pack`()
      async throws
    {
      try await ModelScene.with { scene in
        try scene.server.script([
          #"{"type":"unfit","times":1}"#, try Self.answer(),
          #"{"type":"blocked","times":0,"match":"close-up of the Hood"}"#,
        ])
        let job = try await runWithModel(scene)
        let analysis = try await scene.installation.text("Parka/B/analysis/front.json", of: job.job)
        #expect(analysis.contains("waxed cotton") && analysis.contains(#""model":"other/beta""#), "\(analysis)")
        let asked = try scene.requests().filter { $0.body.contains("Describe the construction") }
        #expect(asked.count == 2 && asked.allSatisfy { $0.body.contains("data:image/png;base64,") }, "\(asked.count)")

        let errors = try await scene.installation.call(JobsAPI.Errors(job: job.job)).errors
        #expect(job.state == .failed && Set(errors.map(\.task)) == ["close-up/B/front/hood"], "\(errors)")
        let files = try await Set(heads(scene.installation, job.job).keys)
        #expect(files.contains("Parka/B/close-ups/front/storm-flap.png"), "\(files.sorted())")
        let page = try await scene.installation.text("Parka/B/tech-pack.html", of: job.job)
        for words in [
          "waxed cotton", "by the model other/beta", "The close-up &#39;Hood&#39; of view &#39;front&#39; is missing.",
        ] {
          #expect(page.contains(words), "\(words)")
        }
      }
    }
  }
}
