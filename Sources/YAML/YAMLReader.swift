import JobModel

/// Reads one YAML document into nodes: no aliases, no tags, no name twice, and bounded in size and depth.
package struct YAMLReader: ~Copyable {
  private var events: YAMLEvents
  private let source: SourceText
  private let subject: YAMLSubject

  /// Reads a file.
  ///
  /// - parameters:
  ///   - bytes: the file, in UTF-8.
  ///   - subject: what it is to hold.
  /// - throws: `YAMLError` with the place.
  package static func read(
    _ bytes: [UInt8], as subject: YAMLSubject
  ) throws(YAMLError) -> (root: YAMLNode, source: SourceText) {
    guard bytes.count <= subject.bytesMax else {
      throw YAMLError(.start, "the file has more than \(subject.bytesMax >> 10) KiB", remedy: subject.sizeRemedy)
    }
    let text = try decode(bytes)
    let source = SourceText(Array(text.unicodeScalars))
    guard let events = YAMLEvents(Array(text.utf8)) else { throw noMemory }
    var reader = YAMLReader(events: events, source: source, subject: subject)
    return (try reader.document(), source)
  }

  private init(events: consuming YAMLEvents, source: SourceText, subject: YAMLSubject) {
    self.events = events
    self.source = source
    self.subject = subject
  }

  /// Lists and mappings inside each other, the whole included.
  package static let depthMax = 32

  private static let noMemory = YAMLError(.start, "there is no memory to read it", remedy: "try again later")

  /// The text without a byte order mark.
  private static func decode(_ bytes: [UInt8]) throws(YAMLError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      // What comes before the first wrong byte is whole.
      let right = String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix { $0 != "\u{FFFD}" }
      let place = SourceText(Array(right)).place(of: right.count)
      throw YAMLError(place, "bytes that are not UTF-8", remedy: "save the file as UTF-8")
    }
    return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  // MARK: The document

  private mutating func document() throws(YAMLError) -> YAMLNode {
    _ = try next()
    let begin = try next()
    guard begin.kind == .documentStart else {
      throw YAMLError(.start, "the file holds nothing", remedy: "begin with '\(subject.beginning)'")
    }
    let root = try node(try next(), depth: 1)
    _ = try next()
    let end = try next()
    guard end.kind == .streamEnd else {
      throw YAMLError(
        place(end), "a second document begins here", remedy: "put each \(subject.name) into a file of its own")
    }
    return root
  }

  private func place(_ event: YAMLEvent) -> Place { source.place(of: event.start) }

  private mutating func next() throws(YAMLError) -> YAMLEvent {
    do throws(YAMLFault) {
      return try events.next()
    } catch {
      throw YAMLWords.error(for: error, in: source)
    }
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> YAMLNode {
    try refuse(event, depth)
    let content: YAMLNode.Content
    var end = event.end
    switch event.kind {
    case .scalar(let text, let isPlain): content = .scalar(YAMLScalar(text, isPlain: isPlain))
    case .listStart: content = .list(try elements(&end, depth))
    case .mapStart(let isFlow): content = .map(try members(&end, isFlow, depth))
    default: throw YAMLError(place(event), "a value is missing here", remedy: "write one")
    }
    return YAMLNode(content: content, place: place(event), range: event.start..<max(end, event.start))
  }

  private func refuse(_ event: YAMLEvent, _ depth: Int) throws(YAMLError) {
    let place = place(event)
    if event.kind == .alias || event.hasAnchor {
      throw YAMLError(
        place, "anchors and aliases (& and *) are not taken", remedy: "write it out, or put it in quotes")
    }
    if event.hasTag {
      throw YAMLError(place, "tags (!) are not taken", remedy: "leave it out; put in quotes what shall be text")
    }
    guard depth <= Self.depthMax else {
      throw YAMLError(
        place, "lists and mappings nested deeper than \(Self.depthMax)", remedy: "make it flatter")
    }
  }

  // MARK: Parts

  private mutating func elements(_ end: inout Int, _ depth: Int) throws(YAMLError) -> [YAMLNode] {
    var elements: [YAMLNode] = []
    while true {
      let event = try next()
      if event.kind == .listEnd {
        end = event.end
        return elements
      }
      elements.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func members(
    _ end: inout Int, _ isFlow: Bool, _ depth: Int
  ) throws(YAMLError) -> [YAMLMember] {
    var members: [YAMLMember] = []
    var places: [ExactText: Place] = [:]
    while true {
      let event = try next()
      if event.kind == .mapEnd {
        end = event.end
        return members
      }
      let name = try name(event, depth)
      let value = try node(try next(), depth: depth + 1)
      if isFlow, value.range.isEmpty { throw unquoted(name, place(event)) }
      if let before = places.updateValue(place(event), forKey: ExactText(name)) {
        throw YAMLError(
          place(event), "'\(visible(name))' stands twice in one mapping, first in line \(before.line)",
          remedy: "keep one of them")
      }
      members.append(YAMLMember(name: name, place: place(event), value: value))
    }
  }

  private func name(_ event: YAMLEvent, _ depth: Int) throws(YAMLError) -> String {
    try refuse(event, depth)
    guard case .scalar(let name, _) = event.kind else {
      throw YAMLError(place(event), "the name of a member is no text", remedy: "put it in quotes")
    }
    return name
  }

  /// `title: {room}` is a mapping with a name and no value.
  private func unquoted(_ name: String, _ place: Place) -> YAMLError {
    YAMLError(
      place, "'{\(visible(name))}' without quotes is a mapping with nothing in it, no placeholder",
      remedy: "put the text in quotes: \"{\(visible(name))}\"")
  }
}
