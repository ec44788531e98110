import HTTPTransport
import JSON

/// The body of an answer, which is read as what it is: by the status first, then by the content type. Servers answer what was
/// asked for as a stream in one piece, and errors as `text/event-stream`.
struct AnswerBody {
  private enum Form {
    case none
    case stream(ServerSentEvents)
    case whole
    case error
  }

  /// Before anything has come.
  static let nothing = AnswerBody(form: .none)

  private var form: Form
  private var bytes: [UInt8] = []
  /// Whether the last piece has brought anything but comments.
  private(set) var hasGrown = false

  private init(form: Form) { self.form = form }

  init(status: Int, _ headers: AnswerHeaders, isStreamed: Bool) {
    if !(200..<300).contains(status) {
      form = .error
    } else if isStreamed, headers.contentType == "text/event-stream" {
      form = .stream(ServerSentEvents())
    } else {
      form = .whole
    }
  }

  /// Whether nothing of a body has come.
  var isNone: Bool {
    if case .none = form { true } else { false }
  }

  /// Whether nothing but comments has come.
  var isEmpty: Bool {
    if case .stream(let events) = form { events.contentBytes == 0 } else { bytes.isEmpty }
  }

  /// What came of an answer that is an error.
  var error: [UInt8]? {
    if case .error = form { bytes } else { nil }
  }

  /// More of an error than anybody reads.
  var isErrorFull: Bool { error.map { $0.count > ModelAPILimits.errorBytesMax } ?? false }

  mutating func take(_ piece: [UInt8], _ reader: inout any AnswerReader) throws(ReadingError) {
    guard case .stream(var events) = form else {
      hasGrown = true
      bytes += piece
      guard bytes.count <= ModelAPILimits.answerBytesMax else { throw .tooLarge("the answer") }
      return
    }
    // The parser has one owner, or every piece would copy what it holds.
    form = .none
    defer { form = .stream(events) }
    let before = events.contentBytes
    let isTooLong = (try? events.append(piece[...])) == nil
    hasGrown = events.contentBytes > before
    while let event = events.next() { try AnswerBody.read(event, &reader) }
    if isTooLong { throw .tooLarge("a line or an event of the stream") }
  }

  /// The body has ended.
  mutating func end(_ reader: inout any AnswerReader) throws(ReadingError) {
    guard case .whole = form else { return }
    try reader.read(whole: AnswerBody.parsed(bytes))
  }

  private static func read(_ event: ServerSentEvent, _ reader: inout any AnswerReader) throws(ReadingError) {
    if event.data.elementsEqual("[DONE]".utf8) { return reader.readDone() }
    // What comes behind the end is nobody's business.
    guard !event.data.isEmpty, !reader.draft.isEnded else { return }
    try reader.read(event: event.name, parsed(event.data))
  }

  private static func parsed(_ bytes: [UInt8]) throws(ReadingError) -> JSONValue {
    do throws(JSONError) {
      return try JSONDocument(bytes, depthMax: ModelAPILimits.depthMax).root
    } catch {
      throw .malformed("no JSON: \(error)")
    }
  }
}
