import CommandLine
import JSON
import Wire

/// What `genbroker calls --show` tells about a model call.
struct CallDetails {
  var shown: JobsAPI.ShowCall.Reply

  private var call: JobsAPI.ModelCall { shown.call }

  func lines(time: TimeText) -> [StyledText] {
    [StyledText("call \(call.call)", .bold) + StyledText("  \(call.provider)/\(call.model)")] + fields(time).lines
      + section("prompt", promptLines) + section(isRejected ? "answer, which was not used" : "answer", answerLines)
  }

  private var isRejected: Bool { call.state == "rejected" || call.state == "wasted" }

  private func fields(_ time: TimeText) -> FieldList {
    var list = FieldList()
    list.add("state", call.stateText + StyledText(call.trouble.map { ": \($0)" } ?? ""))
    list.add("task", "\(call.task) of job \(call.job)")
    list.add("purpose", call.purpose)
    list.add("sample", call.sample == 0 ? nil : String(call.sample))
    list.add("asked", time.short(Int64(call.atMs)))
    list.add("time", duration)
    list.add("tokens", call.tokensText.isEmpty ? nil : "\(call.tokensText) (prompt → answer)")
    list.add("cost", call.costText.isEmpty ? nil : call.costText)
    list.add("reused", call.hits == 0 ? nil : call.hits == 1 ? "once" : "\(Human.grouped(Int64(call.hits))) times")
    list.add("files", shown.files)
    return list
  }

  private var duration: String? {
    guard let total = call.totalMs else { return nil }
    let first = call.firstTokenMs.map { ", \(Human.duration(milliseconds: Int64($0))) to the first token" } ?? ""
    return Human.duration(milliseconds: Int64(total)) + first
  }

  private func section(_ heading: String, _ lines: [StyledText]?) -> [StyledText] {
    guard let lines else { return [] }
    return ["", StyledText(heading, .bold)] + lines
  }

  /// What each side has said; of a prompt of another form all of it.
  private var promptLines: [StyledText]? {
    guard let prompt = shown.prompt?.value else { return nil }
    guard let messages = prompt["messages"]?.elements else { return jsonLines(JSONTree(prompt)) }
    let rest = (prompt.members ?? []).filter { $0.key != "messages" }
    return messages.flatMap(messageLines)
      + (rest.isEmpty ? [] : jsonLines(.object(rest.map { .init($0.key, JSONTree($0.value)) })))
  }

  private func messageLines(_ message: JSONValue) -> [StyledText] {
    let parts = message["parts"]?.elements ?? message["content"]?.elements ?? [message]
    return [StyledText(message["role"]?.string ?? "?", .dim)] + parts.flatMap(partLines)
  }

  private func partLines(_ part: JSONValue) -> [StyledText] {
    if let text = part["text"]?.string ?? part["content"]?.string { return textLines(text) }
    return jsonLines(JSONTree(part))
  }

  private var answerLines: [StyledText]? {
    guard let answer = shown.answer?.value else { return nil }
    guard let text = answer["text"]?.string else { return jsonLines(JSONTree(answer)) }
    let isCut = answer["finish"]?.string == "length"
    return textLines(text) + (isCut ? [StyledText("(cut off: it was as long as it may be)", .yellow)] : [])
  }
}

/// Text as it is, line by line, indented.
private func textLines(_ text: String) -> [StyledText] {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { StyledText("  " + $0) }
}

private func jsonLines(_ tree: JSONTree) -> [StyledText] { textLines(String(decoding: tree.bytes, as: UTF8.self)) }
