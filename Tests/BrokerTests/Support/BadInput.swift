import Digest
import TestSupport

/// One thing that a client may do wrong, and how it is answered.
struct BadInput {
  enum Answer: Equatable {
    /// This error, as `Interface.Name`, and the connection goes on.
    case error(String)
    /// The connection is closed without a reply.
    case closed
  }

  /// How the answer begins when it is written as text.
  var expected: String {
    switch answer {
    case .error(let name): name
    case .closed: "closed"
    }
  }

  let name: String
  let bytes: [UInt8]
  let answer: Answer

  /// Bytes after which the two sides no longer agree on anything.
  static func frame(_ name: String, _ text: String) -> BadInput {
    BadInput(name: name, bytes: Array(text.utf8) + [0], answer: .closed)
  }

  static func frame(_ name: String, _ bytes: [UInt8]) -> BadInput {
    BadInput(name: name, bytes: bytes, answer: .closed)
  }

  /// A call that is answered by an error.
  static func call(
    _ name: String, _ method: String, _ parameters: String, _ error: String, flag: String? = nil
  ) -> BadInput {
    BadInput(name: name, bytes: Array(VarlinkClient.encoded(method, parameters, flag).utf8), answer: .error(error))
  }

  static func submit(_ name: String, _ members: String, _ error: String = "Jobs.Refused") -> BadInput {
    call(name, "Jobs.Submit", #"{"kind":"table",\#(members)}"#, error)
  }

  static func task(_ name: String, _ members: String, _ error: String = "Jobs.Refused") -> BadInput {
    submit(name, #""tasks":[{\#(members)}]"#, error)
  }

  static func upload(_ name: String, _ members: String, _ error: String = "Jobs.Refused") -> BadInput {
    call(name, "Jobs.PutInput", "{\(members)}", error)
  }
}

/// `text` repeated until it has `count` bytes.
func filler(_ count: Int, _ text: Character = "x") -> String { String(repeating: text, count: count) }

/// An object in an object and so on, so many in all.
func nested(_ levels: Int) -> String {
  String(repeating: #"{"a":"#, count: levels - 1) + "{}" + String(repeating: "}", count: levels - 1)
}

/// A list of `count` JSON values.
func list(_ count: Int, _ item: (Int) -> String) -> String {
  "[" + (0..<count).map(item).joined(separator: ",") + "]"
}

func hash(_ text: String) -> String { SHA256Digest(of: Array(text.utf8)).hex }
