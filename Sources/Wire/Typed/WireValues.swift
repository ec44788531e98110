package import JSON

// The types that every interface has.

extension Bool: WireValue {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard let bool = value.bool else { throw FieldError("") }
    self = bool
  }

  package func write(to writer: inout JSONWriter) { writer.bool(self) }
}

extension Int: WireValue {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard let int = value.int else { throw FieldError("") }
    self = Int(int)
  }

  package func write(to writer: inout JSONWriter) { writer.int(self) }
}

extension Double: WireValue {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard let double = value.double, double.isFinite else { throw FieldError("") }
    self = double
  }

  package func write(to writer: inout JSONWriter) { writer.double(self) }
}

extension String: WireValue {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard let string = value.string else { throw FieldError("") }
    self = string
  }

  package func write(to writer: inout JSONWriter) { writer.string(self) }
}

/// `object`: any JSON object.
extension RawJSON: WireValue {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard value.kind == .object else { throw FieldError("") }
    self.init(value)
  }

  package func write(to writer: inout JSONWriter) { writer.raw(bytes) }
}

extension Array: WireValue where Element: WireValue {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard let elements = value.elements else { throw FieldError("") }
    self = []
    reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      do {
        append(try Element(wire: element, rule))
      } catch {
        throw error.inside("[\(index)]")
      }
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.array { writer in for element in self { element.write(to: &writer) } }
  }
}

/// `[string]T`, written in the order of its keys, so that equal values give equal bytes.
extension Dictionary: WireValue where Key == String, Value: WireValue {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    guard let members = value.members else { throw FieldError("") }
    self = [:]
    reserveCapacity(members.count)
    for member in members {
      // Swift compares strings by canonical equivalence: two such keys would silently become one.
      guard self[member.key] == nil else { throw FieldError(member.key) }
      do {
        self[member.key] = try Value(wire: member.value, rule)
      } catch {
        throw error.inside(member.key)
      }
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      for (key, value) in sorted(by: { $0.key < $1.key }) {
        writer.key(key)
        value.write(to: &writer)
      }
    }
  }
}

/// `?T` inside an array or a map; an optional field is left out instead.
extension Optional: WireValue where Wrapped: WireValue {
  package init(wire value: JSONValue, _ rule: UnknownFields) throws(FieldError) {
    self = value.isNull ? nil : try Wrapped(wire: value, rule)
  }

  package func write(to writer: inout JSONWriter) {
    if let self { self.write(to: &writer) } else { writer.null() }
  }
}
