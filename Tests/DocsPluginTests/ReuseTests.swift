import Digest
import Foundation
import PluginSupport
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// What a task says its pages depend on is all that they depend on, and not more: after an edit, a site that is put together
/// from pages of before and pages that are made anew is, byte for byte, the site that is made anew.
struct ReuseTests {
  /// Files by everything that their tasks said they depend on.
  private typealias Store = [String: [String: FakeHost.Stored]]

  /// What a broker looks at before it takes a task's files from its store.
  private static func fingerprint(_ task: NewTask, _ host: FakeHost) -> String {
    var parts = [task.op, "\(task.payload.raw)", "\(task.outputs.sorted())", task.reuseBy.rawValue]
    if task.outputs.isEmpty { parts.append(task.key) }
    if task.reuseBy == .all { parts += host.inputFiles.map { "\($0.name) \(SHA256Digest(of: $0.bytes))" } }
    if task.reuseBy != .payload {
      for (path, file) in host.results.sorted(by: { $0.key < $1.key }) where task.needs.contains(file.task) {
        parts += [path, file.mediaType, file.meta.map { "\($0.raw)" } ?? ""]
        if task.reuseBy != .meta { parts.append("\(SHA256Digest(of: file.bytes))") }
      }
    }
    return parts.joined(separator: "\n")
  }

  /// A site, as far as possible from the store.
  ///
  /// - Returns: the site, and the tasks that were done.
  private static func site(
    of files: [(name: String, bytes: [UInt8])], _ store: inout Store
  ) throws -> (host: FakeHost, made: [NewTask]) {
    let host = FakeHost(files)
    var generator = DocsGenerator()
    try host.plan(&generator)
    var made: [NewTask] = []
    for task in host.spawned {
      let key = fingerprint(task, host)
      if let known = store[key] {
        host.take(task, known)
      } else {
        try host.run(task, &generator)
        store[key] = host.results.filter { $0.value.task == task.key }
        made.append(task)
      }
    }
    return (host, made)
  }

  /// Puts another text in the place of one name or one documentation.
  private static func edited(_ bytes: [UInt8], _ random: inout SplitMix, _ number: Int) -> (
    bytes: [UInt8], what: String
  )? {
    let text = String(decoding: bytes, as: UTF8.self)
    let names = text.matches(of: #/\ name="([^"<>&]+)"/#).map { $0.1 }
    let documentations = text.matches(of: #/ocumentation>([^<>&]+)</#).map { $0.1 }
    let places = (names + documentations).map { $0.startIndex..<$0.endIndex }
    guard !places.isEmpty else { return nil }
    let range = random.element(of: places)
    let old = String(text[range])
    return (Array(text.replacingCharacters(in: range, with: "\(old) \(number)").utf8), old)
  }

  private func check(_ files: [(name: String, bytes: [UInt8])], seed: UInt64, edits: Int) throws {
    var random = SplitMix(seed: seed)
    var files = files
    var store: Store = [:]
    var (before, made) = try Self.site(of: files, &store)
    #expect(made == before.spawned)
    var (pages, again) = (0, 0)
    for number in 1...edits {
      let place = Int(random.next() % UInt64(files.count))
      guard let edit = Self.edited(files[place].bytes, &random, number) else { continue }
      files[place].bytes = edit.bytes
      let after: FakeHost
      (after, made) = try Self.site(of: files, &store)
      let fresh = try FakeHost.site(of: files)
      let wrong = fresh.results.filter { after.results[$0.key] != $0.value }.keys.sorted()
      #expect(wrong == [] && after.results.count == fresh.results.count, "seed \(seed), edit \(number), '\(edit.what)'")
      // A page above others says little of what their summaries hold; it is made again when any of that changes.
      let same = made.filter { task in
        task.needs.isEmpty && task.outputs.allSatisfy { after.results[$0] == before.results[$0] }
      }.map(\.key)
      #expect(same.isEmpty, "seed \(seed), edit \(number), '\(edit.what)': made again and the same: \(same)")
      pages += after.spawned.count
      again += made.count
      before = after
    }
    print("seed \(seed): \(edits) edits of \(files.count) files, \(again) of \(pages) tasks done again")
  }

  @Test(arguments: [1, 20_261_129] as [UInt64])
  func `after an edit only the pages are made again that it changes, and the site is as if all were`(seed: UInt64)
    throws
  {
    try check(try Corpus.sample(), seed: seed, edits: 20)
  }

  @Test func `the same holds for public models`() throws {
    let names = try Corpus.expected().keys.filter { !$0.hasPrefix("malformed/") }.sorted()
    guard !names.isEmpty else { return }
    let small = try names.filter { try Corpus.bytes($0).count < 100_000 }
    var random = SplitMix(seed: 7)
    for _ in 0..<6 {
      let name = random.element(of: small)
      try check([(name, try Corpus.bytes(name))], seed: random.next() % 1000, edits: 3)
    }
  }
}

/// A small generator with a known seed.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func element<Element>(of choices: [Element]) -> Element { choices[Int(next() % UInt64(choices.count))] }
}
