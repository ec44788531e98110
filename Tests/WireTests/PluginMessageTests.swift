import JSON
import Testing
import Wire

struct PluginMessageTests {
  private func host(_ text: String) throws -> PluginMessage<HostAPI.Call> { try PluginMessage(line: Array(text.utf8)) }
  private func plugin(_ text: String) throws -> PluginMessage<PluginAPI.Call> {
    try PluginMessage(line: Array(text.utf8))
  }

  private func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }

  @Test(arguments: [
    ("result", HostAPI.Call.result(.init(path: "a", mediaType: "text/plain", text: "hi"))),
    ("spawn", .spawn(.init(tasks: [.init(key: "k", payload: ["a": 1])]))),
    ("progress", .progress(.init(done: 1, total: 2))),
    ("log", .log(.init(text: "x\ny"))), ("read", .read(.init(name: "a", offset: 0, length: 9))),
    ("inputs", .inputs(.init())), ("done", .done(.init(after: "p"))),
  ])
  func `what a plugin says to its host comes back as it was sent`(method: String, call: HostAPI.Call) throws {
    for id in [nil, RPCID.number(3), .text("x-1")] {
      let line = PluginLine.call(call.call, id: id)
      #expect(line.last == UInt8(ascii: "\n") && !line.dropLast().contains(UInt8(ascii: "\n")))
      #expect(text(line).contains("\"method\":\"\(method)\""))
      guard case .call(let back, let backID) = try host(text(line)) else { return #expect(Bool(false), "a call") }
      #expect(back == call)
      #expect(backID == id)
    }
  }

  @Test func `what a host says to its plugin comes back as it was sent`() throws {
    let task = PluginAPI.Task(
      job: 1, key: "k", kind: "docs", op: "generate", title: "T", payload: ["p": 1], options: [:], outputs: ["a"],
      attempt: 1, timeoutMs: 5, missingNeeds: [])
    let calls: [PluginAPI.Call] = [
      .initialize(
        .init(
          protocol: 1, kind: "docs",
          limits: .init(lineBytesMax: WireLimits.lineBytesMax, inlineDataBytesMax: 1, readBytesMax: 1))),
      .generate(.init(task: task, done: [.init(path: "a", sha256: "00", size: 1)], doneMore: false, model: false)),
      .cancel(.init(id: 4)), .shutdown(.init()),
    ]
    for call in calls {
      guard case .call(let back, _) = try plugin(text(PluginLine.call(call.call))) else {
        return #expect(Bool(false), "a call")
      }
      #expect(back == call)
    }
  }

  @Test func `lines have these bytes`() {
    #expect(
      text(PluginLine.call(PluginAPI.Shutdown(), id: .number(2))) == #"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#
        + "\n")
    #expect(
      text(PluginLine.call(HostAPI.Log(text: "x"))) == #"{"jsonrpc":"2.0","method":"log","params":{"text":"x"}}"# + "\n"
    )
    #expect(
      text(PluginLine.reply(HostAPI.Result.Reply(path: "a", version: 1), id: .text("r1")))
        == #"{"jsonrpc":"2.0","id":"r1","result":{"path":"a","version":1}}"# + "\n")
    let failure = PluginFailure(message: "slow down", errorClass: "rate_limited", retryable: true, retryAfterMs: 500)
    #expect(
      text(PluginLine.failure(failure, id: nil))
        == #"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"slow down","data":{"class":"rate_limited","retryable":true,"retry_after_ms":500}}}"#
        + "\n")
  }

  @Test func `answers and errors come back as they were sent`() throws {
    guard
      case .reply(let value, let id) = try host(
        text(PluginLine.reply(PluginAPI.Generate.Reply(note: "n"), id: .number(1))))
    else { return #expect(Bool(false), "a reply") }
    #expect(id == .number(1))
    #expect(try PluginAPI.Generate.Reply(wire: value, .ignored).note == "n")
    for failure in [
      PluginFailure(message: "m"), PluginFailure(code: -1, message: "", errorClass: "c", retryable: false),
    ] {
      guard case .failure(let back, let id) = try host(text(PluginLine.failure(failure, id: .number(1)))) else {
        return #expect(Bool(false), "a failure")
      }
      #expect(back == failure)
      #expect(id == .number(1))
    }
  }

  @Test(arguments: [
    ("x", PluginLineError.Code.parseError, RPCID?.none), ("[]", .invalidRequest, nil), ("1", .invalidRequest, nil),
    (#"[{"jsonrpc":"2.0","method":"inputs"}]"#, .invalidRequest, nil),
    (#"{"id":1,"method":"inputs"}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"1.0","method":"inputs"}"#, .invalidRequest, nil),
    (#"{"jsonrpc":"2.0","id":1}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"2.0","id":1.5,"method":"inputs"}"#, .invalidRequest, nil),
    (#"{"jsonrpc":"2.0","id":1,"method":2}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"2.0","id":1,"method":"inputs","params":[]}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"2.0","id":1,"method":"inputs","extra":1}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"2.0","id":1,"method":"inputs","result":{}}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"2.0","result":{}}"#, .invalidRequest, nil),
    (#"{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"m"}}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","data":{"retryable":1}}}"#, .invalidRequest, .number(1)),
    (#"{"jsonrpc":"2.0","id":"a","method":"reslut"}"#, .methodNotFound, .text("a")),
    (#"{"jsonrpc":"2.0","id":"a","method":"Result"}"#, .methodNotFound, .text("a")),
    (#"{"jsonrpc":"2.0","id":"a","method":""}"#, .methodNotFound, .text("a")),
    (#"{"jsonrpc":"2.0","id":1,"method":"log"}"#, .invalidParams, .number(1)),
    (#"{"jsonrpc":"2.0","id":1,"method":"log","params":{"text":"a","x":1}}"#, .invalidParams, .number(1)),
    (#"{"jsonrpc":"2.0","id":1,"method":"result","params":{"path":"a","media_type":"b"}}"#, .invalidParams, .number(1)),
    (
      #"{"jsonrpc":"2.0","id":1,"method":"result","params":{"path":"a","media_type":"b","text":"","data":""}}"#,
      .invalidParams, .number(1)
    ),
  ])
  func `a wrong line is refused by its rule, with the id when there is one`(
    text: String, code: PluginLineError.Code, id: RPCID?
  ) {
    let error = #expect(throws: PluginLineError.self) { try host(text) }
    #expect(error?.code == code, "\(error?.message ?? "")")
    #expect(error?.id == id)
    #expect(error?.failure.code == code.rawValue)
  }

  @Test func `an error of a side that could not read the request has the id null`() throws {
    guard case .failure(_, nil) = try host(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}"#) else {
      return #expect(Bool(false), "a failure without id")
    }
  }

  @Test func `a plugin ignores what a newer host adds, a host refuses what it would not do`() throws {
    _ = try plugin(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":1,"new":true}}"#)
    #expect(throws: PluginLineError.self) {
      try host(#"{"jsonrpc":"2.0","method":"done","params":{"after":"","new":true}}"#)
    }
  }

  @Test func `lines come out whole, however they came in`() throws {
    let stream = Array("{\"a\":1}\n\n\r\n{}\r\nrest".utf8)
    for cut in 0...stream.count {
      var decoder = LineDecoder(bytesMax: 8)
      var lines: [String] = []
      for piece in [stream[..<cut], stream[cut...]] {
        decoder.append(piece)
        while let line = try decoder.next() { lines.append(text(line)) }
      }
      #expect(lines == ["{\"a\":1}", "{}\r"], "cut at \(cut)")
      #expect(decoder.bufferedBytes == 4)
    }
  }

  @Test func `a line that is too long is refused before its end has come`() {
    var decoder = LineDecoder(bytesMax: 8)
    decoder.append(Array("123456789".utf8))
    #expect(throws: PluginLineError.self) { try decoder.next() }
  }

  @Test func `a page takes what fits, and at least one item`() {
    let items = (0..<100).map {
      HostAPI.DoneItem(path: "pages/\($0)", sha256: String(repeating: "0", count: 64), size: 1)
    }
    let size = items[0].bytes.count
    #expect(Page.count(of: items[..<10], bytesMax: size * 10 + 9) == 10)
    #expect(Page.count(of: items[..<10], bytesMax: size * 10 + 8) == 9)
    #expect(Page.count(of: items, bytesMax: 1) == 1)
    #expect(Page.count(of: items[..<0], bytesMax: 1000) == 0)
  }

  @Test func `what one read brings fits a line of the host`() {
    let data = Base64.string([UInt8](repeating: 7, count: WireLimits.pluginReadBytesMax))
    let line = PluginLine.reply(
      HostAPI.Read.Reply(data: data, size: .max, eof: true), id: .text(String(repeating: "i", count: 100)))
    #expect(line.count <= WireLimits.hostLineBytesMax)
  }
}
