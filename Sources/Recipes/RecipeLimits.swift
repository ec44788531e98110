/// Every bound of recipes that is not one of tasks as such (`ModelLimits`).
package enum RecipeLimits {
  /// Of the file.
  package static let fileBytesMax = 256 * 1024
  /// Of the names of recipes, inputs, tasks and variables.
  package static let nameBytesMax = 64
  package static let inputsMax = 64
  package static let tasksMax = 64
  /// Variables of one `foreach`.
  package static let loopsMax = 8
  /// Names behind each other in one placeholder: `{inputs.a.b}` has three.
  package static let pathNamesMax = 16

  /// Of one value for an input.
  package static let valueBytesMax = 1 << 20
  /// Of JSON that a task makes and others are made from, and of all of it in one recipe. Parsed it takes some ten times that.
  package static let outputBytesMax = 1 << 20
  package static let outputsBytesMax = 8 << 20
  /// Objects and arrays inside each other in a payload, the payload included: what the broker takes.
  package static let payloadDepthMax = 48
}

/// Bounds of what one recipe may become.
package struct ExpansionLimits: Sendable {
  /// Tasks, also those that are not known yet in full.
  package var tasksMax = 50_000
  /// Needs of all tasks together.
  package var needsMax = 1_000_000
  /// Bytes of all payloads, outputs, titles and other names together.
  package var bytesMax = 128 << 20
  /// Elements gone through and members looked at: a second of work, more or less, whatever JSON comes.
  package var stepsMax = 20_000_000

  /// What holds everywhere but in tests.
  package init() {}
}
