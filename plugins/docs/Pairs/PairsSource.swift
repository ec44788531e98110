import JSON
import PluginKit
import ProcessFiles

/// The inputs of the job that pairs are taken from: as they are, or told to a model.
struct PairsSource {
  private let files: [(name: String, text: String)]

  /// Reads them.
  ///
  /// - Throws: `PluginFailure` of class `bad_input` for one that is too large or no text.
  init(_ names: [String], _ host: any Host) throws {
    guard !names.isEmpty else {
      files = []
      return
    }
    let readables = try host.inputs().filter { $0.task == nil }
    files = try names.map { name in
      guard let readable = readables.first(where: { $0.name == name }) else {
        throw PluginFailure(
          "bad_input", "'\(name.prefix(120))' is no input of the job.\nGive it with --input, and its name in 'source'.")
      }
      guard readable.size <= Limits.sourceBytesMax else {
        throw PluginFailure(
          "bad_input",
          "\(name) has \(readable.size) bytes; a source has at most \(Limits.sourceBytesMax >> 20) MiB.\nGive a part of it."
        )
      }
      return (name, try Self.text(try host.read(name), name))
    }
  }

  /// UTF-8, with or without a mark at its beginning.
  private static func text(_ bytes: [UInt8], _ name: String) throws -> String {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    throw PluginFailure("bad_input", "\(name):\(line + 1): the bytes are not UTF-8.\nSave the file as UTF-8.")
  }

  /// Takes pairs from them, one after the other, until the deck is full.
  func fill(_ deck: inout Deck, _ host: any Host) throws {
    for (name, text) in files {
      for line in TermList(text, name: name).lines {
        guard !deck.isFull else { return }
        try host.checkCancelled()
        switch line.content {
        case .entry(let front, let back, let tags):
          deck.offer(front: front, back: back, tags: tags, origin: .source(file: name, line: line.number))
        case .rejected(let why): deck.reject(why, line: line.number)
        }
      }
    }
  }

  /// What a model is told of them; nil when there are none. The log says what is left out.
  func told(_ host: any Host) throws -> String? {
    guard !files.isEmpty else { return nil }
    let text = files.map(\.text).joined(separator: "\n\n")
    var told = shortened(text, toBytes: Limits.sourceToldBytesMax)
    // Text that is full of what has to be encoded is told less of: a question has to fit a line.
    while case let bytes = DataBlock.line(.string(told)).utf8.count, bytes > 2 * Limits.sourceToldBytesMax {
      told = shortened(told, toBytes: told.utf8.count / 2)
    }
    if told.utf8.count < text.utf8.count {
      try host.log("the source has \(text.utf8.count) bytes; a model is told the first \(told.utf8.count) of them")
    }
    return told
  }
}
