import CommandLine
import JSON

/// Makes the options of a job from `--option key=value`: what is a number, `true`, `false` or a quoted string in JSON is
/// taken as that, anything else as text.
///
/// - throws: `UsageError` when a key is given twice.
func jobOptions(_ options: [KeyValue]) throws(UsageError) -> RawJSON? {
  guard !options.isEmpty else { return nil }
  var seen: Set<String> = []
  var members: [(key: String, value: RawJSON)] = []
  for option in options.sorted(by: { $0.key < $1.key }) {
    guard seen.insert(option.key).inserted else {
      throw UsageError("the option '\(option.key)' is given twice", hint: "give each option of the job once")
    }
    members.append((option.key, jobOptionValue(option.value)))
  }
  var writer = JSONWriter()
  writer.object { writer in
    for member in members {
      writer.key(member.key)
      writer.raw(member.value.bytes)
    }
  }
  do {
    return try RawJSON(parsing: writer.bytes)
  } catch {
    preconditionFailure("options that were written cannot be read: \(error)")
  }
}

/// The value of one option.
func jobOptionValue(_ text: String) -> RawJSON {
  // What is not JSON is text.
  guard let value = try? JSONDocument(Array(text.utf8)).root else { return RawJSON(.string(text)) }
  switch value.kind {
  case .int, .float, .bool, .string: return RawJSON(value)
  case .null, .array, .object: return RawJSON(.string(text))
  }
}
