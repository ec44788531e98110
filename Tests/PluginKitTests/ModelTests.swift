import Foundation
import JSON
import Testing

@testable import PluginKit

/// Questions to a model, as they look on the stream.
struct ModelTests {
  /// Lets a plugin ask a host that answers in one way.
  private func ask(
    _ question: ModelQuestion, answer: @escaping (JSONTree, ScriptedHost) -> Void
  ) throws -> (answer: ModelAnswer?, host: ScriptedHost) {
    let host = ScriptedHost { message, host in if message["method"] == "model" { answer(message, host) } }
    host.generate()
    host.shutdown()
    var given: ModelAnswer?
    try run(host) { _, host in given = try host.ask(question) }
    return (given, host)
  }

  @Test func `a question of words says no more than it was given`() throws {
    let (answer, host) = try ask(ModelQuestion([ModelMessage(.user, "What?")])) { message, host in
      host.reply(
        to: message,
        #"{"model":"p/m","text":"That.","files":[],"finish":"stop","usage":{"output_tokens":2},"reused":false}"#)
    }
    let params: JSONTree = ["messages": [["role": "user", "text": "What?"]]]
    #expect(host.calls("model").map { $0["params"] } == [params])
    #expect(answer == ModelAnswer(model: "p/m", text: "That.", usage: ModelUsage(outputTokens: 2)))
    #expect(host.answer(to: 2)?["result"] != nil)
  }

  @Test func `everything that a question can say is said`() throws {
    let schema = try JSONText(#"{"type": "object"}"#)
    let question = ModelQuestion(
      [
        ModelMessage(.system, "Rules"), ModelMessage(.assistant, "Yes?"),
        ModelMessage(.user, [.text("Look"), .input("view.png"), .image([0, 255], mediaType: "image/png")]),
      ], purpose: "summary", maxOutputTokens: 9, temperature: 0.5, schema: schema,
      image: ModelQuestion.ImageRequest(size: "64x64", count: 2), sample: 3, credits: 4)
    let (_, host) = try ask(question) { message, host in
      host.reply(to: message, #"{"model":"m","value":{},"files":[],"finish":"stop","usage":{},"reused":true}"#)
    }
    let parts: JSONTree = [["text": "Look"], ["input": "view.png"], ["data": "AP8=", "media_type": "image/png"]]
    let messages: JSONTree = [
      ["role": "system", "text": "Rules"], ["role": "assistant", "text": "Yes?"], ["role": "user", "parts": parts],
    ]
    let params: JSONTree = [
      "messages": messages, "purpose": "summary", "max_output_tokens": 9, "temperature": .double(0.5),
      "schema": ["type": "object"], "image": ["size": "64x64", "count": 2], "sample": 3, "credits": 4,
    ]
    #expect(host.calls("model").first?["params"] == params)
  }

  @Test func `an answer has its value, its files, what was used, and whether it was cut`() throws {
    let question = ModelQuestion([ModelMessage(.user, "?")], schema: .emptyObject)
    let (answer, _) = try ask(question) { message, host in
      host.reply(
        to: message,
        #"{"model":"p/m","text":"{\"a\": 1}","value":{"a":1},"files":[{"file":"i.png","media_type":"image/png","sha256":"00","size":5}],"#
          + #""finish":"length","usage":{"input_tokens":1,"output_tokens":2,"pico_usd":3},"reused":true,"later":1}"#)
    }
    #expect(answer?.value?.text == #"{"a":1}"#)
    #expect(answer?.files == [ModelFile(file: "i.png", mediaType: "image/png", sha256: "00", size: 5)])
    #expect(answer?.usage == ModelUsage(inputTokens: 1, outputTokens: 2, picoUSD: 3))
    #expect(answer?.isCut == true && answer?.isReused == true)
  }

  @Test func `a text that is too long for a line comes by a file, and with a schema so does its value`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = "{\"a\":\"\(String(repeating: "ä", count: 300_000))\"}"
    try Data(text.utf8).write(to: file)
    for schema in [nil, JSONText.emptyObject] {
      let (answer, _) = try ask(ModelQuestion([ModelMessage(.user, "?")], schema: schema)) { message, host in
        host.reply(
          to: message,
          "{\"model\":\"m\",\"text_file\":\"\(file.path)\",\"files\":[],\"finish\":\"stop\",\"usage\":{},\"reused\":false}"
        )
      }
      #expect(answer?.text == text)
      #expect(answer?.value?.text == (schema == nil ? nil : text))
    }
  }

  @Test(arguments: [
    ("rate_limited", true, 30_000), ("budget", false, nil), ("no_model", false, nil), ("model_refused", false, nil),
    ("bad_answer", true, nil),
  ])
  func `a failure passes through the plugin with its class`(_ name: String, _ isRetryable: Bool, _ wait: Int?) throws {
    let (answer, host) = try ask(ModelQuestion([ModelMessage(.user, "?")])) { message, host in
      let after = wait.map { ",\"retry_after_ms\":\($0)" } ?? ""
      host.refuse(
        message,
        "{\"code\":1,\"message\":\"why\",\"data\":{\"class\":\"\(name)\",\"retryable\":\(isRetryable)\(after)}}")
    }
    #expect(answer == nil)
    let error = host.answer(to: 2)?["error"]
    #expect(error?["message"] == "why" && error?["data"]?["class"] == .string(name))
    #expect(error?["data"]?["retryable"] == .bool(isRetryable))
    #expect(error?["data"]?["retry_after_ms"] == wait.map { .int(Int64($0)) })
  }

  @Test(arguments: [
    "{}", #"{"model":"m","files":[],"finish":"stop","usage":{}}"#,
    #"{"model":"m","text_file":"/nowhere/at/all","files":[],"finish":"stop","usage":{},"reused":false}"#,
  ])
  func `a host that answers with nonsense fails the task and not the plugin`(_ reply: String) throws {
    let (_, host) = try ask(ModelQuestion([ModelMessage(.user, "?")])) { message, host in host.reply(to: message, reply)
    }
    #expect(host.answer(to: 2)?["error"]?["data"]?["class"] == "protocol")
  }

  @Test func `a question that is longer than a line is refused before it is sent`() throws {
    let (_, host) = try ask(ModelQuestion([ModelMessage(.user, String(repeating: "x", count: 2 << 20))])) { _, _ in }
    #expect(host.calls("model").isEmpty)
    #expect(host.answer(to: 2)?["error"]?["data"]?["class"] == "too_large")
  }

  @Test(arguments: [true, false]) func `a task knows whether there is a model`(_ model: Bool) throws {
    let host = ScriptedHost()
    host.generate(model: model)
    host.shutdown()
    var known: Bool?
    try run(host) { task, _ in known = task.hasModel }
    #expect(known == model)
  }

  @Test func `a question that is cancelled ends the task`() throws {
    let (answer, host) = try ask(ModelQuestion([ModelMessage(.user, "?")])) { message, host in
      host.say(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":2}}"#)
      host.refuse(message, #"{"code":1,"message":"cancelled","data":{"class":"cancelled","retryable":true}}"#)
    }
    #expect(answer == nil)
    #expect(host.answer(to: 2)?["error"]?["data"]?["class"] == "cancelled")
  }
}
