import JobModel
import Wire

/// Why an attempt failed, as the broker hears it.
struct TaskFailure: Error, Equatable {
  /// A short word such as `plugin_crash`.
  var errorClass: String
  var message: String
  var isRetryable: Bool
  /// A process died: counted apart from failures.
  var isCrash: Bool
  var retryAfterMs: Int?

  init(_ errorClass: String, _ message: String, isRetryable: Bool = true, isCrash: Bool = false) {
    self.errorClass = errorClass
    self.message = message
    self.isRetryable = isRetryable
    self.isCrash = isCrash
  }

  /// What a plugin answered instead of being done. A plugin may choose its own class if it is one word.
  init(_ failure: PluginFailure) {
    let word = failure.errorClass ?? ""
    let isWord = !word.isEmpty && word.utf8.count <= 64 && word.utf8.allSatisfy(Self.isWordByte)
    self.init(isWord ? word : "plugin_error", failure.message, isRetryable: failure.retryable ?? true)
    retryAfterMs = failure.retryAfterMs.map { max(0, $0) }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }

  /// The call that tells the broker.
  func call(lease: Int) -> WorkerAPI.Fail {
    WorkerAPI.Fail(
      session: "", lease: lease, class: errorClass,
      message: String(decoding: Array(message.utf8.prefix(ModelLimits.messageBytesMax - 8)), as: UTF8.self),
      retryable: isRetryable, crash: isCrash, retryAfterMs: retryAfterMs)
  }
}
