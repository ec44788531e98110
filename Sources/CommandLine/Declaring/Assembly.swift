// How a parsed command line becomes a command's struct: the wrappers of a fresh instance are found by reflection and
// filled, then handed, by property name, to the initialiser that the compiler synthesises for `Decodable`. The struct
// stays a plain value: no storage is shared, nothing is mutable behind its back.

/// A property wrapper that declares parameters.
protocol Declaration: Decodable, Sendable {
  var parameters: [Parameter] { get }
  mutating func fill(from arguments: BoundArguments) throws(UsageError)
}

extension Declaration {
  package init(from decoder: any Decoder) throws {
    throw NotDeclared(property: "")
  }
}

/// A declaration of exactly one parameter.
extension Declaration where Self: SingleDeclaration {
  var parameters: [Parameter] { [slot.parameter] }

  mutating func fill(from arguments: BoundArguments) throws(UsageError) {
    slot.value = try slot.convert(arguments.occurrences(of: slot.parameter))
  }
}

protocol SingleDeclaration {
  associatedtype Value: Sendable
  var slot: Slot<Value> { get set }
}

extension Option: SingleDeclaration {}
extension Argument: SingleDeclaration {}
extension Flag: SingleDeclaration {}

/// The parameters that a command or group declares, in the order of its properties.
func declaredParameters(of value: Any) -> [Parameter] {
  Mirror(reflecting: value).children.flatMap { ($0.value as? any Declaration)?.parameters ?? [] }
}

/// Makes the struct from the arguments.
///
/// - throws: The first value that does not fit its declaration, in the order of the properties.
/// - precondition: Every stored property of the struct is a declaration.
func assemble<Target: Decodable>(
  _ type: Target.Type, from arguments: BoundArguments, fresh: Target
) throws(UsageError) -> Target {
  var filled: [String: any Declaration] = [:]
  for child in Mirror(reflecting: fresh).children {
    guard let label = child.label, var declaration = child.value as? any Declaration else { continue }
    try declaration.fill(from: arguments)
    // A wrapper is stored under its property's name with an underscore in front.
    filled[String(label.drop { $0 == "_" })] = declaration
  }
  do {
    return try Target(from: FilledDecoder(filled: filled))
  } catch {
    preconditionFailure("\(type) has a stored property that declares no parameter: \(error)")
  }
}

func assemble<Target: ParameterGroup>(
  _ type: Target.Type, from arguments: BoundArguments
) throws(UsageError) -> Target {
  try assemble(type, from: arguments, fresh: Target())
}

private struct NotDeclared: Error {
  let property: String
}

/// Hands out filled wrappers by property name, and can do nothing else.
private struct FilledDecoder: Decoder {
  let filled: [String: any Declaration]
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(FilledContainer<Key>(filled: filled))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw NotDeclared(property: "")
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    throw NotDeclared(property: "")
  }
}

private struct FilledContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let filled: [String: any Declaration]
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { filled.keys.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool {
    filled[key.stringValue] != nil
  }

  func decode<Wrapper: Decodable>(_ type: Wrapper.Type, forKey key: Key) throws -> Wrapper {
    guard let wrapper = filled[key.stringValue] as? Wrapper else { throw NotDeclared(property: key.stringValue) }
    return wrapper
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    throw NotDeclared(property: key.stringValue)
  }

  func nestedContainer<Nested>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
    throw NotDeclared(property: key.stringValue)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw NotDeclared(property: key.stringValue)
  }

  func superDecoder() throws -> any Decoder {
    throw NotDeclared(property: "super")
  }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    throw NotDeclared(property: key.stringValue)
  }
}
