/// A text annotation.
package struct TextAnnotation: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<TextAnnotation>
  package internal(set) var text: String
  package internal(set) var textFormat: String
}

/// A group: a dashed frame with a category as its label, without meaning for the flow.
package struct ArtifactGroup: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<ArtifactGroup>
  /// The value of its category, which is what a picture shows; else its name.
  package internal(set) var label: String?
}

/// An association: dotted line between an artifact and something else, or to a compensation handler.
package struct Association: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<Association>
  package internal(set) var sourceID: String
  package internal(set) var targetID: String
  package internal(set) var source: ElementReference?
  package internal(set) var target: ElementReference?
  package internal(set) var direction: Direction

  package enum Direction: String, Sendable {
    case none = "None"
    case one = "One"
    case both = "Both"
  }
}
