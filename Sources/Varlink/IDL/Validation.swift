package import JSON

extension Interface {
  /// Checks an object against declared fields: each that is not nullable is there, each that is there is declared and
  /// has its type.
  ///
  /// - Returns: the path of the first field that is wrong, such as `tasks[3].key`; `nil` when all is well.
  package func mismatch(of object: JSONValue, with fields: [Field]) -> String? {
    guard let members = object.members else { return "" }
    for field in fields {
      guard let value = object[field.name], !value.isNull else {
        if field.type.isOptional { continue }
        return field.name
      }
      if let inner = mismatch(of: value, with: field.type) { return path(field.name, inner) }
    }
    return members.first { member in !fields.contains { $0.name == member.key } }?.key
  }

  /// - Returns: the path inside `value` of what is wrong, empty when it is the value itself.
  private func mismatch(of value: JSONValue, with type: IDLType) -> String? {
    switch type {
    case .bool: value.bool == nil ? "" : nil
    case .int: value.int == nil ? "" : nil
    case .float: value.double?.isFinite == true ? nil : ""
    case .string: value.string == nil ? "" : nil
    case .object: value.kind == .object ? nil : ""
    case .any: nil
    case .named(let name): self.type(named: name).flatMap { mismatch(of: value, with: $0.type) }
    case .array(let element): mismatch(ofElementsOf: value, with: element)
    case .map(let element): mismatch(ofMembersOf: value, with: element)
    case .optional(let wrapped): value.isNull ? nil : mismatch(of: value, with: wrapped)
    case .structure(let fields): mismatch(of: value, with: fields)
    case .enumeration(let cases): cases.contains { $0.name == value.string } ? nil : ""
    }
  }

  private func mismatch(ofElementsOf value: JSONValue, with element: IDLType) -> String? {
    guard let elements = value.elements else { return "" }
    for (index, value) in elements.enumerated() {
      if let inner = mismatch(of: value, with: element) { return path("[\(index)]", inner) }
    }
    return nil
  }

  private func mismatch(ofMembersOf value: JSONValue, with element: IDLType) -> String? {
    guard let members = value.members else { return "" }
    for member in members {
      if let inner = mismatch(of: member.value, with: element) { return path(member.key, inner) }
    }
    return nil
  }
}

/// `tasks` and `[3].key` make `tasks[3].key`; `limits` and `depth` make `limits.depth`.
func path(_ outer: String, _ inner: String) -> String {
  inner.isEmpty || inner.hasPrefix("[") ? outer + inner : outer + "." + inner
}
