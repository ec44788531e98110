import JSON
import Testing
import Varlink
import Wire

/// Every interface whose Swift types are generated, with the decoder of its calls.
struct Described: Sendable, CustomTestStringConvertible {
  let interface: Interface
  let decode: @Sendable (String, JSONValue) throws(FieldError) -> (any WireCall)?

  var testDescription: String { interface.name }

  static func all() throws -> [Described] {
    let interfaces = try BrokerInterfaces.all()
    func described(
      _ name: String, _ decode: @escaping @Sendable (String, JSONValue) throws(FieldError) -> (any WireCall)?
    ) -> [Described] {
      interfaces.filter { $0.name == name }.map { Described(interface: $0, decode: decode) }
    }
    return described(AdminAPI.interface) { method, parameters throws(FieldError) in
      try AdminAPI.Call(method: method, parameters: parameters)?.call
    }
      + described(FilesAPI.interface) { method, parameters throws(FieldError) in
        try FilesAPI.Call(method: method, parameters: parameters)?.call
      }
      + described(JobsAPI.interface) { method, parameters throws(FieldError) in
        try JobsAPI.Call(method: method, parameters: parameters)?.call
      }
      + described(WorkerAPI.interface) { method, parameters throws(FieldError) in
        try WorkerAPI.Call(method: method, parameters: parameters)?.call
      }
      + described(CertificationAPI.interface) { method, parameters throws(FieldError) in
        try CertificationAPI.Call(method: method, parameters: parameters)?.call
      }
  }
}

/// Makes values of the types of an interface.
struct Samples {
  let interface: Interface
  var random: SeededGenerator

  /// Whether nullable fields are there.
  enum Presence { case all, none, some }

  mutating func object(_ fields: [Field], _ presence: Presence) -> JSONTree {
    var members: [JSONTree.Member] = []
    for field in fields {
      let isThere = presence == .all || presence == .some && Bool.random(using: &random)
      if field.type.isOptional, !isThere { continue }
      members.append(JSONTree.Member(field.name, value(field.type, presence)))
    }
    return .object(members)
  }

  private mutating func value(_ type: IDLType, _ presence: Presence) -> JSONTree {
    switch type {
    case .bool: .bool(Bool.random(using: &random))
    case .int: .int(Int64.random(in: Int64.min...Int64.max, using: &random))
    case .float: .double(Double.random(in: -9...9, using: &random) + 0.0625)
    case .string: .string("text \"\(UInt8.random(in: 0...255, using: &random))\"\n€")
    case .object, .any: .object([JSONTree.Member("free", [1, "two", nil])])
    case .named(let name): interface.type(named: name).map { value($0.type, presence) } ?? .null
    case .array(let element): .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(element, presence) })
    case .map(let element): .object(["a", "b"].map { JSONTree.Member($0, value(element, presence)) })
    case .optional(let wrapped): value(wrapped, presence)
    case .structure(let fields): object(fields, presence)
    case .enumeration(let cases): .string(cases.randomElement(using: &random)?.name ?? "")
    }
  }
}

/// SplitMix64: small, and the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
