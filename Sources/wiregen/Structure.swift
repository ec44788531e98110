import Varlink

/// One Swift structure and how it is read and written.
struct Structure {
  let name: String
  /// The protocol it conforms to.
  let conformance: String
  let fields: [Field]

  /// Writes the declaration; `more` writes what stands in it besides.
  func write(to writer: inout SourceWriter, more: (inout SourceWriter) throws -> Void = { _ in }) throws {
    try refuseEqualNames()
    try writer.block("package struct \(name): \(conformance)") { writer in
      try more(&writer)
      for field in fields {
        writer.documentation(field.documentation)
        writer.line("package var \(property(field)): \(swiftType(field.type, of: field.name))")
      }
      writer.line()
      memberwiseInitializer(&writer)
      writer.line()
      readingInitializer(&writer)
      writer.line()
      writingFunction(&writer)
      writer.line()
      let names = fields.map { "\"\($0.name)\"" }.joined(separator: ", ")
      writer.line("package static let fieldNames: [String] = [\(names)]")
      for field in fields { try declareAnonymousType(in: field.type, of: field.name, &writer) }
    }
  }

  private func refuseEqualNames() throws {
    var seen: Set<String> = []
    for field in fields where !seen.insert(SwiftNames.property(field.name)).inserted {
      throw GeneratorError(description: "two fields of \(name) would both be called \(SwiftNames.property(field.name))")
    }
  }

  private func property(_ field: Field) -> String {
    SwiftNames.escaped(SwiftNames.property(field.name))
  }

  // MARK: Parts

  private func memberwiseInitializer(_ writer: inout SourceWriter) {
    let arguments = fields.map { field in
      "\(property(field)): \(swiftType(field.type, of: field.name))\(field.type.isOptional ? " = nil" : "")"
    }
    writer.block("package init", arguments: arguments) { writer in
      for field in fields { writer.line("self.\(SwiftNames.property(field.name)) = \(property(field))") }
    }
  }

  private func readingInitializer(_ writer: inout SourceWriter) {
    writer.block("package init(fields: inout FieldReader) throws(FieldError)") { writer in
      for field in fields {
        let how = field.type.isOptional ? "optional" : "required"
        writer.line("self.\(SwiftNames.property(field.name)) = try fields.\(how)(\"\(field.name)\")")
      }
    }
  }

  private func writingFunction(_ writer: inout SourceWriter) {
    writer.block("package func writeFields(to writer: inout JSONWriter)") { writer in
      for field in fields {
        let name = SwiftNames.property(field.name)
        if field.type.isOptional {
          writer.block("if let value = self.\(name)") { writer in
            writer.line("writer.key(\"\(field.name)\")")
            writer.line("value.write(to: &writer)")
          }
        } else {
          writer.line("writer.key(\"\(field.name)\")")
          writer.line("self.\(name).write(to: &writer)")
        }
      }
    }
  }

  private func declareAnonymousType(
    in type: IDLType, of field: String, _ writer: inout SourceWriter
  ) throws {
    switch type {
    case .array(let element), .map(let element), .optional(let element):
      try declareAnonymousType(in: element, of: field, &writer)
    case .structure, .enumeration:
      try declareType(SwiftNames.nestedType(field), type, ["The type of `\(field)`."], &writer)
    case .any:
      throw GeneratorError(description: "\(field): no Swift type stands for `any`; say `object`")
    case .bool, .int, .float, .string, .object, .named:
      return
    }
  }
}

/// The Swift type of a field.
private func swiftType(_ type: IDLType, of field: String) -> String {
  switch type {
  case .bool: "Bool"
  case .int: "Int"
  case .float: "Double"
  case .string: "String"
  case .object: "RawJSON"
  case .any: "Never"
  case .named(let name): name
  case .array(let element): "[\(swiftType(element, of: field))]"
  case .map(let element): "[String: \(swiftType(element, of: field))]"
  case .optional(let wrapped): "\(swiftType(wrapped, of: field))?"
  case .structure, .enumeration: SwiftNames.nestedType(field)
  }
}
