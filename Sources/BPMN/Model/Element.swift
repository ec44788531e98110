/// What every BPMN element can have.
package struct ElementCommon: Sendable, Equatable {
  /// The id as written; empty when the file gives none. Ids may be doubled within a file: see `key`.
  package internal(set) var id: String
  /// Unique in the document and stable while the file's structure is: the id; `id~2` for the second element of the
  /// same id; `task~3` for the third task without id.
  package internal(set) var key: String
  /// The name as written (line breaks included); nil when absent or blank.
  package internal(set) var name: String?
  /// The line of the element's `<`, from 1.
  package internal(set) var line: Int
  /// The element's name in the file, without prefix: `userTask`.
  package internal(set) var tag: String
  package internal(set) var documentation: [Documentation] = []
  /// Children of `extensionElements`, and children of foreign namespaces.
  package internal(set) var extensions: [ExtensionElement] = []
  /// Attributes of foreign namespaces, such as `camunda:assignee`.
  package internal(set) var vendorAttributes: [ExtensionAttribute] = []
}

/// A value that carries `ElementCommon`; gives its parts directly.
package protocol ModelElement: Sendable {
  var common: ElementCommon { get }
}

extension ModelElement {
  package var id: String { common.id }
  package var key: String { common.key }
  package var name: String? { common.name }
  package var line: Int { common.line }
  package var tag: String { common.tag }
  package var documentation: [Documentation] { common.documentation }
  package var extensions: [ExtensionElement] { common.extensions }
  package var vendorAttributes: [ExtensionAttribute] { common.vendorAttributes }

  /// The name in one line: runs of white space become one space. Nil without a name.
  package var plainName: String? {
    name.map(collapsingWhitespace)
  }
}

/// One `documentation` element.
package struct Documentation: Sendable, Equatable {
  package internal(set) var text: String
  /// The media type as written: `text/plain` unless the file says otherwise (`text/html`, `text/markdown` …).
  package internal(set) var textFormat: String
  package internal(set) var line: Int
}

/// An expression: of a condition, a timer, an assignment.
package struct FormalExpression: Sendable, Equatable {
  package internal(set) var text: String
  /// The `language` attribute, when written.
  package internal(set) var language: String?
  package internal(set) var line: Int
}

/// An element of BPMN that this model does not interpret (choreography, conversation …), kept with its content.
package struct UnknownElement: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<UnknownElement>
  package internal(set) var content: ExtensionElement
}

/// One line: every run of white space becomes one space, none at the ends.
package func collapsingWhitespace(_ text: String) -> String {
  text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}
