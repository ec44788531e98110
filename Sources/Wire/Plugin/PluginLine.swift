import JSON

/// Writes messages of the plugin protocol, each with its line feed.
package enum PluginLine {
  /// A request; a notification without `id`.
  package static func call<Call: WireCall>(_ call: Call, id: RPCID? = nil) -> [UInt8] {
    line(id: id) { writer in
      writer.key("method")
      writer.string(rpcName(Call.method))
      writer.nonEmptyObject("params") { call.writeFields(to: &$0) }
    }
  }

  /// The answer to a request.
  package static func reply(_ reply: some WireObject, id: RPCID) -> [UInt8] {
    line(id: id) { writer in
      writer.key("result")
      reply.write(to: &writer)
    }
  }

  /// The error answer to a request; without `id` when the request could not be read.
  package static func failure(_ failure: PluginFailure, id: RPCID?) -> [UInt8] {
    line(id: id) { writer in
      if id == nil {
        writer.key("id")
        writer.null()
      }
      writer.key("error")
      failure.write(to: &writer)
    }
  }

  private static func line(id: RPCID?, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("jsonrpc")
      writer.string("2.0")
      if let id {
        writer.key("id")
        id.write(to: &writer)
      }
      body(&writer)
    }
    return writer.finish(UInt8(ascii: "\n"))
  }

  /// `org.genbroker.Host.Result` → `result`
  private static func rpcName(_ method: String) -> String {
    let name = method.split(separator: ".").last ?? ""
    return name.prefix(1).lowercased() + name.dropFirst()
  }
}
