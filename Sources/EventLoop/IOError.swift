import Glibc

/// A system call that failed, told for two readers: code looks at `code`, people read `problem` and `remedy`.
package struct IOError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The errno value, for example `ENOENT`.
  package let code: Int32
  /// What is wrong, with the path or the program concerned.
  package let problem: String
  /// What the user can do about it.
  package let remedy: String

  package init(code: Int32, problem: String, remedy: String) {
    self.code = code
    self.problem = problem
    self.remedy = remedy
  }

  package var description: String { "\(problem)\n\(remedy)" }

  /// The system's words for an errno value.
  package static func text(_ code: Int32) -> String {
    // The buffer is local, zero-filled and longer than any message, so what `strerror_r` leaves in it ends with NUL.
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe strerror_r(code, &buffer, buffer.count - 1) == 0 else { return "error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func failed(_ what: String, _ code: Int32, remedy: String) -> IOError {
    IOError(code: code, problem: "\(what): \(text(code)).", remedy: remedy)
  }
}

extension EventLoop {
  /// Turns the `-errno` of a CLinux function into an error.
  static func checked(_ answer: Int32, _ what: @autoclosure () -> String, remedy: String) throws(IOError) -> Int32 {
    guard answer >= 0 else { throw .failed(what(), -answer, remedy: remedy) }
    return answer
  }
}
