import JSON

extension JSONValue {
  /// The value and all inside it.
  var all: [JSONValue] {
    [self] + ((elements ?? []) + (members ?? []).map(\.value)).flatMap(\.all)
  }

  /// The value in bytes of our own: the same for the same contents, whatever of them was written as an escape.
  var meaning: [UInt8] { JSONTree(self).bytes }

  /// Whether an object has members that Swift's strings take for the same, though their bytes differ.
  var hasTwins: Bool {
    all.contains { value in
      let keys = (value.members ?? []).map(\.key)
      return Set(keys).count < keys.count
    }
  }

  /// Writes the members of an object as they came in.
  func writeMembers(to writer: inout JSONWriter) {
    for (key, value) in members ?? [] {
      writer.key(key)
      writer.raw(value.minified)
    }
  }
}
