import CommandLine
import JSON
import Wire

/// `--json`, for commands that print what the broker answered.
struct JSONOption: ParameterGroup {
  @Flag("--json", "Print JSON instead of text.") var json
}

extension TextOutput {
  /// Prints one JSON document, as one line.
  func print(json value: some WireValue) {
    var writer = JSONWriter()
    value.write(to: &writer)
    write(writer.finish(UInt8(ascii: "\n")))
  }

  func print(json tree: JSONTree) {
    write(tree.bytes + [UInt8(ascii: "\n")])
  }

  /// Prints each value as a line of its own, for readers that follow.
  func print(jsonLines values: [some WireValue]) {
    var bytes: [UInt8] = []
    for value in values {
      var writer = JSONWriter()
      value.write(to: &writer)
      bytes += writer.finish(UInt8(ascii: "\n"))
    }
    write(bytes)
  }
}
