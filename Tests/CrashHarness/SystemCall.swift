/// One system call of a trace that `strace -f -yy` has written, from its beginning to its end.
struct SystemCall {
  let name: String
  /// What stands behind the descriptor of the first argument: a path, or what strace knows of a socket.
  let target: String
  /// Everything behind that, as it is written.
  let rest: [UInt8]
  /// What it answered; `nil` when it failed.
  let result: Int?
  /// The numbers of the lines in which it begins and ends. strace holds a thread at both, so their order is that of the
  /// calls: what ends above the beginning of another call was over before that one.
  let begin: Int
  let end: Int

  /// The number of a socket, the same in all calls on it; `nil` for anything else.
  var socket: Int? {
    guard target.hasPrefix("UNIX-STREAM:[") else { return nil }
    return Int(target.dropFirst("UNIX-STREAM:[".count).prefix { $0.isNumber })
  }

  /// The bytes that went through it, at most so many.
  func bytes(atMost count: Int = .max) -> [UInt8] {
    var bytes: [UInt8] = []
    let limit = min(count, max(result ?? 0, 0))
    var text = rest[...]
    while bytes.count < limit, let quote = text.firstIndex(of: UInt8(ascii: "\"")) {
      text = text[(quote + 1)...]
      Self.unquote(&text, into: &bytes, limit)
    }
    return bytes
  }

  /// The texts of its arguments, such as the two paths of a rename.
  var texts: [String] {
    var texts: [String] = []
    var text = rest[...]
    while let quote = text.firstIndex(of: UInt8(ascii: "\"")) {
      text = text[(quote + 1)...]
      var bytes: [UInt8] = []
      Self.unquote(&text, into: &bytes, .max)
      texts.append(String(decoding: bytes, as: UTF8.self))
    }
    return texts
  }

  /// Takes one text behind its opening quote, in the way of C.
  private static func unquote(_ text: inout ArraySlice<UInt8>, into bytes: inout [UInt8], _ limit: Int) {
    while let byte = text.popFirst(), byte != UInt8(ascii: "\"") {
      let plain = byte == UInt8(ascii: "\\") ? escaped(&text) : byte
      if bytes.count < limit { bytes.append(plain) }
    }
  }

  private static func escaped(_ text: inout ArraySlice<UInt8>) -> UInt8 {
    let octal = text.prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
    if !octal.isEmpty {
      text = text.dropFirst(octal.count)
      return UInt8(truncatingIfNeeded: octal.reduce(0) { $0 * 8 + Int($1 - UInt8(ascii: "0")) })
    }
    switch text.popFirst() {
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "v"): return 11
    case UInt8(ascii: "f"): return 12
    case let other: return other ?? 0
    }
  }
}

/// Reads a trace line by line; puts together what strace wrote in two parts because other threads came between.
struct TraceReader {
  private(set) var calls: [SystemCall] = []
  private var lines = 0
  /// The first parts, by thread.
  private var open: [Int: (text: [UInt8], line: Int)] = [:]

  mutating func add(_ line: ArraySlice<UInt8>) {
    lines += 1
    // "12345 12:00:00.123456 what", where the number is that of the thread.
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard parts.count == 3, let thread = Int(String(decoding: parts[0], as: UTF8.self)) else { return }
    let text = parts[2]
    if text.starts(with: "<... ".utf8) { return resume(thread, text) }
    let unfinished = " <unfinished ...>".utf8
    if text.count > unfinished.count, text.suffix(unfinished.count).elementsEqual(unfinished) {
      open[thread] = (Array(text.dropLast(unfinished.count)), lines)
    } else {
      finish(Array(text), begin: lines)
    }
  }

  private mutating func resume(_ thread: Int, _ text: ArraySlice<UInt8>) {
    guard let first = open.removeValue(forKey: thread), let end = text.firstIndex(of: UInt8(ascii: ">")) else { return }
    finish(first.text + text[(end + 1)...], begin: first.line)
  }

  private mutating func finish(_ text: [UInt8], begin: Int) {
    guard let parenthesis = text.firstIndex(of: UInt8(ascii: "(")), let equals = lastEquals(text) else { return }
    let arguments = text[(parenthesis + 1)..<equals]
    let result = text[(equals + 1)...].drop { $0 == UInt8(ascii: " ") }.prefix { $0 != UInt8(ascii: " ") }
    let (target, rest) = descriptor(arguments)
    calls.append(
      SystemCall(
        name: String(decoding: text[..<parenthesis], as: UTF8.self), target: target, rest: Array(rest),
        result: Int(String(decoding: result, as: UTF8.self)).flatMap { $0 < 0 ? nil : $0 }, begin: begin, end: lines))
  }

  private func lastEquals(_ text: [UInt8]) -> Int? {
    // Behind the last one stands a number, or what failed: never another one.
    text.lastIndex(of: UInt8(ascii: "="))
  }

  /// What strace says of the descriptor that is the first argument: "7</a/path>, …".
  private func descriptor(_ arguments: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>) {
    let digits = arguments.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let behind = arguments[digits.endIndex...]
    guard !digits.isEmpty, behind.first == UInt8(ascii: "<") else { return ("", arguments) }
    // A socket's own text holds "->" before a number; the end stands before a comma or a parenthesis.
    var index = behind.startIndex
    while index < behind.endIndex - 1 {
      if behind[index] == UInt8(ascii: ">"), [UInt8(ascii: ","), UInt8(ascii: ")")].contains(behind[index + 1]) {
        return (String(decoding: behind[(behind.startIndex + 1)..<index], as: UTF8.self), behind[(index + 1)...])
      }
      index += 1
    }
    return ("", arguments)
  }
}
