import BrokerClient
import Digest
import FileSystem
import JSON
import JobModel
import ModelAPI
import Wire

/// The bytes that belong to a question and its answer: images that are read for it, files that are kept with it, files that a
/// plugin is given.
final class AnswerFiles {
  /// An answer as it is kept.
  struct Kept {
    let record: AnswerRecord
    let images: [ModelImage]
  }

  /// What a settlement names.
  struct Stored {
    var answer: RawJSON?
    var files: [WorkerAPI.CallFile]?
  }

  private let session: WorkerSession
  private let lease: Int
  private let directory: PluginDirectory
  /// Makes the names of files differ from those of other answers.
  private let number: Int
  private var filesWritten = 0

  init(_ session: WorkerSession, lease: Int, number: Int, in directory: PluginDirectory) {
    self.session = session
    self.lease = lease
    self.number = number
    self.directory = directory
  }

  // MARK: Images that are asked about

  /// Reads files that the task can read, one after the other.
  func readImages(_ names: [String], _ then: @escaping (Result<[ExactText: ModelImage], PluginFailure>) -> Void) {
    readImages(names[...], [:], then)
  }

  private func readImages(
    _ names: ArraySlice<String>, _ images: [ExactText: ModelImage],
    _ then: @escaping (Result<[ExactText: ModelImage], PluginFailure>) -> Void
  ) {
    guard let name = names.first else { return then(.success(images)) }
    let read = { [self] (offset: Int, piece: @escaping (PieceReply) -> Void) in
      let call = WorkerAPI.ReadInput(
        session: "", lease: lease, name: ResultRules.bounded(name), offset: offset,
        length: WireLimits.inlineDataBytesMax)
      ask(call, piece) { Piece(data: $0.data, size: $0.size, isLast: $0.eof) }
    }
    pieces(of: visible(name), read) { [self] result in
      switch result {
      case .failure(let failure): then(.failure(failure))
      case .success(let bytes):
        var images = images
        images[ExactText(name)] = ModelImage(bytes: bytes, mediaType: MediaTypes.guessed(from: name))
        readImages(names.dropFirst(), images, then)
      }
    }
  }

  private struct Piece {
    let data: String
    let size: Int
    let isLast: Bool
  }

  private typealias PieceReply = Result<Piece, PluginFailure>

  private func ask<Call: SessionCall>(
    _ call: Call, _ then: @escaping (PieceReply) -> Void, _ piece: @escaping (Call.Reply) -> Piece
  ) {
    session.send(call, lease: lease, dropped: { then(.failure(.unwanted)) }) { reply in
      then(reply.map(piece).mapError(PluginFailure.refused(by:)))
    }
  }

  /// All bytes of something that is read in pieces, in memory: an image, or an answer.
  private func pieces(
    of name: String, _ read: @escaping (Int, @escaping (PieceReply) -> Void) -> Void, from bytes: [UInt8] = [],
    _ then: @escaping (Result<[UInt8], PluginFailure>) -> Void
  ) {
    read(bytes.count) { [self] reply in
      switch reply {
      case .failure(let failure): then(.failure(failure))
      case .success(let piece):
        guard piece.size <= ModelAPILimits.imageBytesMax else {
          return then(.failure(.badQuestion("\(name) has more than \(ModelAPILimits.imageBytesMax) bytes")))
        }
        guard let data = Base64.decode(piece.data), !data.isEmpty || piece.isLast else {
          return then(.failure(.badQuestion("\(name) could not be read: the broker gave nothing, and no end")))
        }
        let bytes = bytes + data
        piece.isLast ? then(.success(bytes)) : pieces(of: name, read, from: bytes, then)
      }
    }
  }

  // MARK: What is kept

  /// Brings the files of an answer to the broker, and tells what the settlement has to name.
  func store(_ images: [ModelImage], _ record: AnswerRecord?, _ then: @escaping (Stored) -> Void) {
    var stored = Stored()
    var bodies = images.map { (bytes: $0.bytes, mediaType: $0.mediaType) }
    if let json = record?.json {
      if json.bytes.count <= ModelLimits.answerBytesMax {
        stored.answer = json
      } else {
        bodies.append((json.bytes, AnswerRecord.mediaType))
      }
    }
    let files = bodies.map { body in
      WorkerAPI.CallFile(
        mediaType: body.mediaType, sha256: SHA256Digest(of: body.bytes).hex, size: body.bytes.count)
    }
    if !files.isEmpty { stored.files = files }
    upload(zip(files, bodies.map(\.bytes)).map { ($0, $1) }[...]) { then(stored) }
  }

  private func upload(_ files: ArraySlice<(file: WorkerAPI.CallFile, bytes: [UInt8])>, _ then: @escaping () -> Void) {
    guard let (file, bytes) = files.first else { return then() }
    let upload = ChunkedUpload(sha256: file.sha256, source: .bytes(bytes), lease: lease, what: "the answer")
    session.perform(lease: WorkerSession.noLease, isResult: false, dropped: {}) { [self] link, finished in
      upload.run(link) { [self] end in
        if case .failed(let error) = end {
          finished(error)
          if error.isToBeRepeated { return }
        } else {
          finished(nil)
        }
        // What was refused the settlement names all the same, and is refused with it: that is told.
        self.upload(files.dropFirst(), then)
      }
    }
  }

  /// Reads what is kept of an answer that the broker has named as a hit.
  func read(_ hit: WorkerAPI.ReserveCall.Reply, _ then: @escaping (Result<Kept, PluginFailure>) -> Void) {
    let files = hit.files ?? []
    readFiles(of: hit.call ?? 0, files[...], []) { result in
      switch result {
      case .failure(let failure): then(.failure(failure))
      case .success(var bodies):
        var json = hit.answer
        if json == nil, files.last?.mediaType == AnswerRecord.mediaType, let text = bodies.popLast() {
          json = try? RawJSON(parsing: text)
        }
        guard let record = json.flatMap({ AnswerRecord($0.value) }) else { return then(.failure(.unreadableAnswer)) }
        let images = zip(files, bodies).map { ModelImage(bytes: $1, mediaType: $0.mediaType) }
        then(.success(Kept(record: record, images: images)))
      }
    }
  }

  private func readFiles(
    of call: Int, _ files: ArraySlice<WorkerAPI.CallFile>, _ bodies: [[UInt8]],
    _ then: @escaping (Result<[[UInt8]], PluginFailure>) -> Void
  ) {
    guard !files.isEmpty else { return then(.success(bodies)) }
    let place = files.startIndex
    let read = { [self] (offset: Int, piece: @escaping (PieceReply) -> Void) in
      let chunk = WorkerAPI.ReadAnswer(
        session: "", lease: lease, call: call, file: place, offset: offset, length: WireLimits.inlineDataBytesMax)
      ask(chunk, piece) { Piece(data: $0.data, size: $0.size, isLast: $0.eof) }
    }
    pieces(of: "the answer", read) { [self] result in
      switch result {
      case .failure(let failure): then(.failure(failure))
      case .success(let bytes): readFiles(of: call, files.dropFirst(), bodies + [bytes], then)
      }
    }
  }

  // MARK: What a plugin is given

  /// The answer as a plugin gets it: what is too long for a line lies in its working folder.
  func reply(
    _ record: AnswerRecord, _ images: [ModelImage], _ usage: WorkerAPI.CallUsage?, reused: Bool, isStructured: Bool
  ) -> Result<HostAPI.Model.Reply, PluginFailure> {
    do throws(FileError) {
      var reply = HostAPI.Model.Reply(
        model: record.model, files: try images.map { (image) throws(FileError) in try write(image) },
        finish: record.finish,
        usage: HostAPI.ModelUsage(
          inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens, picoUsd: usage?.picoUsd),
        reused: reused)
      let value = isStructured ? StructuredText.value(of: record.text) : nil
      // Each byte of a text may become six.
      let bytes = JSONTree.string(record.text).bytes.count
      if bytes <= Self.lineBytesMax {
        reply.text = record.text
      } else {
        reply.textFile = try write(Array(record.text.utf8), ending: "txt")
      }
      if let value, value.value.kind == .object, bytes + value.bytes.count <= Self.lineBytesMax { reply.value = value }
      return .success(reply)
    } catch {
      return .failure(
        PluginFailure(message: "the answer could not be written: \(error)", errorClass: "worker_error", retryable: true)
      )
    }
  }

  private func write(_ image: ModelImage) throws(FileError) -> HostAPI.ModelFile {
    let name = try write(image.bytes, ending: MediaTypes.ending(of: image.mediaType))
    return HostAPI.ModelFile(
      file: name, mediaType: image.mediaType, sha256: SHA256Digest(of: image.bytes).hex, size: image.bytes.count)
  }

  /// - Returns: the name of the file in the plugin's working folder.
  private func write(_ bytes: [UInt8], ending: String) throws(FileError) -> String {
    filesWritten += 1
    let name = "genbroker-answer-\(number)-\(filesWritten).\(ending)"
    let file = try File.create("\(directory.path)/\(name)")
    try file.write(bytes)
    return name
  }

  /// Of a line to the plugin, for the answer.
  private static let lineBytesMax = WireLimits.hostLineBytesMax - 4_096
}

extension PluginFailure {
  /// The task is over, or its worker is about to end.
  static let unwanted = PluginFailure(message: "the task is not wanted any more")

  fileprivate static let unreadableAnswer = PluginFailure(
    message: "the answer that is kept cannot be read", errorClass: "worker_error", retryable: true)

  static func refused(by error: BrokerError) -> PluginFailure {
    PluginFailure(message: error.problem, errorClass: "refused", retryable: false)
  }
}
