/// Why a line is no message of the plugin protocol.
package struct PluginLineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The numbers of JSON-RPC 2.0, section 5.1.
  package enum Code: Int, Sendable {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
  }

  package let code: Code
  /// What is wrong, in one line.
  package let message: String
  /// The request that the line was; `nil` when it was none or its id is not known.
  package var id: RPCID?
  /// What was asked for, when that much is known; with ``Code/invalidParams`` it always is.
  package let method: String?

  package init(_ code: Code, _ message: String, id: RPCID? = nil, of method: String? = nil) {
    self.code = code
    self.message = message
    self.id = id
    self.method = method
  }

  package var description: String { message }

  /// The answer that the other side should get.
  package var failure: PluginFailure {
    PluginFailure(code: code.rawValue, message: message)
  }
}
