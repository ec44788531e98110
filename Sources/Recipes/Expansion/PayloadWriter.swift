import JSON
import JobModel
import YAML

/// Writes the payload of one task.
struct PayloadWriter {
  let evaluator: Evaluator
  /// For errors about the whole.
  let place: Place
  private var writer = JSONWriter()

  init(_ evaluator: Evaluator, _ place: Place) {
    self.evaluator = evaluator
    self.place = place
  }

  mutating func payload(_ template: PayloadTemplate, _ scope: inout Scope) throws(NoValue) -> RawJSON {
    try write(template, &writer, &scope)
    let payload = RawJSON(written: writer)
    guard payload.depth <= RecipeLimits.payloadDepthMax else {
      throw .fails(
        RecipeError(
          place, "the payload is nested deeper than \(RecipeLimits.payloadDepthMax)", remedy: "put flatter values in"))
    }
    return payload
  }

  private func write(
    _ template: PayloadTemplate, _ writer: inout JSONWriter, _ scope: inout Scope
  ) throws(NoValue) {
    switch template {
    case .value(let value): writer.raw(value.bytes)
    case .text(let text): try write(text, &writer, &scope)
    case .string(let text): writer.string(try string(text, &scope))
    case .list(let elements):
      try writer.array { writer throws(NoValue) in
        for element in elements { try write(element, &writer, &scope) }
      }
    case .map(let members):
      try writer.object { writer throws(NoValue) in
        for member in members {
          writer.key(member.name)
          try write(member.value, &writer, &scope)
        }
      }
    }
    try refuseTooLong(writer)
  }

  /// A text that is one placeholder is the value as it is.
  private func write(_ text: Template, _ writer: inout JSONWriter, _ scope: inout Scope) throws(NoValue) {
    guard let single = text.single else { return writer.string(try string(text, &scope)) }
    writer.raw(try evaluator.value(single.reference, at: single.place, &scope).minified)
  }

  private func string(_ text: Template, _ scope: inout Scope) throws(NoValue) -> String {
    try evaluator.text(text, &scope, bytesMax: ModelLimits.payloadBytesMax, takesJSON: true)
  }

  private func refuseTooLong(_ writer: JSONWriter) throws(NoValue) {
    guard writer.bytes.count <= ModelLimits.payloadBytesMax else {
      throw .fails(
        RecipeError(
          place, "the payload gets longer than \(ModelLimits.payloadBytesMax >> 10) KiB",
          remedy: "put shorter values in, or give them as a file"))
    }
  }
}
