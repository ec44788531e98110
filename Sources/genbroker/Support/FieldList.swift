import CommandLine

/// Names and values, one pair a line, the values below each other.
struct FieldList {
  private var fields: [(name: String, value: StyledText)] = []

  /// Adds a field; nothing when there is no value.
  mutating func add(_ name: String, _ value: StyledText?) {
    if let value { fields.append((name, value)) }
  }

  mutating func add(_ name: String, _ value: String?) {
    add(name, value.map { StyledText($0) })
  }

  /// Adds several values under one name.
  mutating func add(_ name: String, _ values: [String]) {
    for (index, value) in values.enumerated() { add(index == 0 ? name : "", value) }
  }

  var lines: [StyledText] {
    let columns = (fields.map { displayWidth($0.name) }.max() ?? 0) + 2
    return fields.map { StyledText($0.name, .dim).padded(to: columns) + $0.value }
  }
}
