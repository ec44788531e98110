/// One place where bytes come in that nobody vouches for, with what must hold whatever they are.
package protocol FuzzTarget: SendableMetatype {
  /// As `contrib/fuzz --target` takes it; the folder of its seeds.
  static var name: String { get }

  /// Longer inputs would only take longer.
  static var inputBytesMax: Int { get }

  /// What inputs of this kind are made of: put in here and there, they lead deeper than random bytes would.
  static var words: [String] { get }

  /// Holds the promises, which the type's own comment names, against one input.
  ///
  /// - Throws: `BrokenPromise`. What else is thrown is a broken promise as well.
  static func check(_ input: [UInt8]) throws
}

extension FuzzTarget {
  package static var inputBytesMax: Int { 4096 }
  package static var words: [String] { [] }
}

/// Everything that is fuzzed.
package enum FuzzTargets {
  /// In the order in which `contrib/fuzz` runs them.
  package static let all: [any FuzzTarget.Type] = [
    FramesTarget.self, ConnectionsTarget.self, EnvelopeTarget.self, JSONTarget.self, PluginLinesTarget.self,
    InterfaceTarget.self, NamesTarget.self, GlobTarget.self, Base64Target.self, EventStreamTarget.self, BPMNTarget.self,
    SchemaTarget.self, MarkdownTarget.self, RecipeTarget.self,
  ]

  /// - Returns: `nil` when there is none of this name.
  package static func named(_ name: String) -> (any FuzzTarget.Type)? { all.first { $0.name == name } }
}

/// What does not hold for an input, although it was promised for all.
package struct BrokenPromise: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// - Throws: `BrokenPromise` with the words, which say what should be, when it is not.
func promise(_ words: @autoclosure () -> String, _ holds: Bool) throws(BrokenPromise) {
  guard holds else { throw BrokenPromise(words()) }
}
