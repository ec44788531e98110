package import JSON

/// A value of a type that a varlink interface can name.
package protocol WireValue: Sendable, Hashable {
  /// Reads the value strictly: the right type, nothing undeclared.
  ///
  /// - Throws: `FieldError`, naming the field inside this value.
  init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError)

  func write(to writer: inout JSONWriter)
}

/// What to do with members that the interface does not declare.
package enum UnknownFields: Sendable {
  /// In calls: the caller asked for something that would not be done.
  case refused
  /// In replies and errors: the other side is newer (UAPI.20, "Versioning").
  case ignored
}

/// A field that is missing, undeclared or of the wrong type.
package struct FieldError: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// Of another type, or not one of the values that there are.
    case wrong
    /// Not there; perhaps because it is written like the other name, which nobody knows.
    case missing(unknown: String?)
    case unknown
    /// The path names several, of which exactly one may be there.
    case notExactlyOne
  }

  /// Such as `tasks[3].key`.
  package private(set) var path: String
  package private(set) var kind: Kind

  package init(_ path: String, _ kind: Kind = .wrong) {
    self.path = path
    self.kind = kind
  }

  /// The same error, seen from the object or array around it.
  package func inside(_ outer: String) -> FieldError {
    FieldError(path.isEmpty ? outer : path.hasPrefix("[") ? outer + path : outer + "." + path, kind)
  }

  /// What is wrong with which field: `media_type is missing, and there is no field mediatype`.
  package var words: String {
    switch kind {
    case .wrong: path.isEmpty ? "not an object" : "\(path) has a wrong type or value"
    case .missing(nil): "\(path) is missing"
    case .missing(let unknown?): "\(path) is missing, and there is no field \(unknown)"
    case .unknown: "there is no field \(path)"
    case .notExactlyOne: "exactly one of \(path) has to be given"
    }
  }
}

/// A structure: named fields.
package protocol WireObject: WireValue {
  /// The declared names.
  static var fieldNames: [String] { get }

  init(fields: inout FieldReader) throws(FieldError)

  func writeFields(to writer: inout JSONWriter)
}

/// A method call; the properties are its parameters.
package protocol WireCall: WireObject {
  associatedtype Reply: WireObject

  /// The full name, such as `org.genbroker.Jobs.Submit`.
  static var method: String { get }
}

/// An error that a method can answer.
package protocol WireFailure: WireObject, Error {
  /// The full name, such as `org.genbroker.Jobs.NoSuchJob`.
  static var name: String { get }
}

extension WireObject {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard var fields = FieldReader(value, rule) else { throw FieldError("") }
    do {
      try self.init(fields: &fields)
    } catch {
      throw fields.explained(error, Self.fieldNames)
    }
    try fields.finish(Self.fieldNames)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { writeFields(to: &$0) }
  }

  /// The value as one line of JSON.
  package var bytes: [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.bytes
  }
}

/// An enumeration whose cases are strings on the wire.
extension WireValue where Self: RawRepresentable, RawValue == String {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard let text = value.string, let known = Self(rawValue: text) else { throw FieldError("") }
    self = known
  }

  package func write(to writer: inout JSONWriter) {
    writer.string(rawValue)
  }
}
