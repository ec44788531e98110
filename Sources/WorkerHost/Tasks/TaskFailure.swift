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
    self.init(isWord ? word : Self.unnamed, failure.message, isRetryable: failure.retryable ?? true)
    retryAfterMs = failure.retryAfterMs.map { max(0, $0) }
  }

  /// The plugin does not say that it can do this; it would not know what to make.
  static func badOp(_ op: String, of ops: [String]) -> TaskFailure {
    let known = ops.map { "'\(visible($0))'" }.joined(separator: ", ")
    return TaskFailure(
      "bad_op", "the plugin has no op '\(visible(op))'; it names \(known)", isRetryable: false)
  }

  /// What a plugin answered because something that it asked for was refused, if it did not say more of it than that.
  ///
  /// - Returns: the plugin's answer under the class of the refusal; itself where the plugin chose a class.
  func because(of refusal: TaskFailure?) -> TaskFailure {
    guard let refusal, errorClass == Self.unnamed else { return self }
    var failure = self
    failure.errorClass = refusal.errorClass
    if !message.contains(refusal.message) { failure.message = "\(refusal.message)\nthe plugin: \(message)" }
    return failure
  }

  /// The class of a plugin's error that names none.
  private static let unnamed = "plugin_error"

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
