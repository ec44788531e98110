import CYAML

/// One step of libyaml through a text.
struct YAMLEvent {
  enum Kind: Equatable {
    case documentStart, documentEnd, streamStart, streamEnd
    case listStart, listEnd
    /// Braces instead of lines.
    case mapStart(isFlow: Bool)
    case mapEnd
    /// Plain: without quotes, and no block text.
    case scalar(String, isPlain: Bool)
    case alias
  }

  let kind: Kind
  let hasAnchor: Bool
  let hasTag: Bool
  /// In code points from the beginning of the text. libyaml's lines are not used: behind a text that ends in the middle of
  /// one it counts another.
  let start: Int
  let end: Int
}

/// Why libyaml does not read on, in its words.
struct YAMLFault: Error, Hashable {
  let problem: String
  /// In code points from the beginning of the text.
  let index: Int
  /// Where what it was reading begins.
  let begin: Int
  /// Where a character is that no YAML may hold, in bytes; then there is no index.
  let byteOffset: Int?
}

/// The events of a text, one by one. The only place that touches libyaml.
///
/// Memory: the parser and a copy of the text are made in `init`, belong to this value, which cannot be copied, and are freed in
/// its `deinit`, so on every path. Neither moves meanwhile, as libyaml demands of both: they are allocations of their own. An
/// event is deleted in the call that has read it, and all that is taken out of it is copied before.
@safe struct YAMLEvents: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeMutableBufferPointer<UInt8>

  /// - parameter bytes: UTF-8 without a byte order mark.
  /// - returns: nil only when there is no memory.
  init?(_ bytes: [UInt8]) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    // It sets every byte of the parser first; when it fails it has freed what it had allocated.
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe parser.deallocate()
      return nil
    }
    let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
    // As long as the bytes, and one byte longer only when there are none.
    _ = unsafe text.initialize(from: bytes)
    unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe self.parser = unsafe parser
    unsafe self.text = unsafe text
  }

  deinit {
    // The parser refers to the text, so it goes first.
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe text.deallocate()
  }

  /// - throws: `YAMLFault`; after it, and after `streamEnd`, there is nothing to be read any more.
  mutating func next() throws(YAMLFault) -> YAMLEvent {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw fault }
    defer { unsafe yaml_event_delete(&event) }
    let (hasAnchor, hasTag) = unsafe Self.marks(of: event)
    return unsafe YAMLEvent(
      kind: Self.kind(of: event), hasAnchor: hasAnchor, hasTag: hasTag, start: Int(event.start_mark.index),
      end: Int(event.end_mark.index))
  }

  /// The words are static texts of the library; there are none when it has no memory.
  private var fault: YAMLFault {
    let words = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
    let isAboutCharacter = unsafe parser.pointee.error == YAML_READER_ERROR
    return unsafe YAMLFault(
      problem: words ?? "no memory", index: Int(parser.pointee.problem_mark.index),
      begin: Int(parser.pointee.context_mark.index),
      byteOffset: isAboutCharacter ? Int(parser.pointee.problem_offset) : nil)
  }

  /// Reads the member of the union that the type of the event says is there.
  private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: .streamStart
    case YAML_DOCUMENT_START_EVENT: .documentStart
    case YAML_DOCUMENT_END_EVENT: .documentEnd
    case YAML_SEQUENCE_START_EVENT: .listStart
    case YAML_SEQUENCE_END_EVENT: .listEnd
    case YAML_MAPPING_START_EVENT:
      .mapStart(isFlow: unsafe event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_MAPPING_END_EVENT: .mapEnd
    case YAML_SCALAR_EVENT: unsafe scalar(event.data.scalar)
    case YAML_ALIAS_EVENT: .alias
    // Also YAML_NO_EVENT, which comes behind the end.
    default: .streamEnd
    }
  }

  private typealias Scalar = yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar

  /// `value` has `length` bytes, which are UTF-8 as the text was.
  private static func scalar(_ scalar: Scalar) -> YAMLEvent.Kind {
    let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    return unsafe .scalar(
      String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
  }

  private static func marks(of event: yaml_event_t) -> (hasAnchor: Bool, hasTag: Bool) {
    switch unsafe event.type {
    case YAML_SCALAR_EVENT: unsafe (event.data.scalar.anchor != nil, event.data.scalar.tag != nil)
    case YAML_SEQUENCE_START_EVENT:
      unsafe (event.data.sequence_start.anchor != nil, event.data.sequence_start.tag != nil)
    case YAML_MAPPING_START_EVENT:
      unsafe (event.data.mapping_start.anchor != nil, event.data.mapping_start.tag != nil)
    default: (false, false)
    }
  }
}
