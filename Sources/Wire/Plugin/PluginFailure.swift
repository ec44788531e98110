import JSON

/// An error answer: `{code, message, data: {class, retryable, retry_after_ms}}`.
package struct PluginFailure: Error, Hashable, Sendable {
  /// JSON-RPC 2.0, section 5.1; plugins use 1 unless they know better.
  package var code: Int
  /// One line for people.
  package var message: String
  /// A short word such as `rate_limited`.
  package var errorClass: String?
  /// Whether another attempt may succeed; the host decides when absent.
  package var retryable: Bool?
  /// Not before this time has passed.
  package var retryAfterMs: Int?

  package init(
    code: Int = 1, message: String, errorClass: String? = nil, retryable: Bool? = nil, retryAfterMs: Int? = nil
  ) {
    self.code = code
    self.message = message
    self.errorClass = errorClass
    self.retryable = retryable
    self.retryAfterMs = retryAfterMs
  }

  /// Reads the member `error`. Members of `data` that are not known are left to those who know them.
  init(_ value: JSONValue) throws(FieldError) {
    guard var fields = FieldReader(value, .ignored) else { throw FieldError("error") }
    do {
      code = try fields.required("code")
      message = try fields.required("message")
    } catch {
      throw error.inside("error")
    }
    guard let data = value["data"], var fields = FieldReader(data, .ignored) else { return }
    do {
      errorClass = try fields.optional("class")
      retryable = try fields.optional("retryable")
      retryAfterMs = try fields.optional("retry_after_ms")
    } catch {
      throw error.inside("error.data")
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("code")
      writer.int(code)
      writer.key("message")
      writer.string(message)
      writer.nonEmptyObject("data", writeData)
    }
  }

  private func writeData(to writer: inout JSONWriter) {
    if let errorClass {
      writer.key("class")
      writer.string(errorClass)
    }
    if let retryable {
      writer.key("retryable")
      writer.bool(retryable)
    }
    if let retryAfterMs {
      writer.key("retry_after_ms")
      writer.int(retryAfterMs)
    }
  }
}
