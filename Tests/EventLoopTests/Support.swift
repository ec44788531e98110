import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing

/// Runs `body` on the loop and waits until it, or what it has set going, calls `done`; fails when the patience of tests
/// is over.
func onLoop<Value: Sendable>(
  _ loop: EventLoop,
  until body: @escaping @Sendable (_ done: @escaping @Sendable (Value) -> Void) throws -> Void
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    loop.post {
      let once = Once(continuation)
      loop.after(ms: patienceMs) { once.resume(.failure(TestTimeout())) }
      do {
        try body { once.resume(.success($0)) }
      } catch {
        once.resume(.failure(error))
      }
    }
  }
}

struct TestTimeout: Error {}

/// A continuation that only the first caller resumes.
final class Once<Value: Sendable>: Sendable {
  private let continuation: Mutex<CheckedContinuation<Value, any Error>?>

  init(_ continuation: CheckedContinuation<Value, any Error>) { self.continuation = Mutex(continuation) }

  func resume(_ result: Result<Value, any Error>) {
    let first = continuation.withLock { continuation in
      defer { continuation = nil }
      return continuation
    }
    first?.resume(with: result)
  }
}

/// A value that closures of one loop share.
final class Box<Value> {
  var value: Value
  init(_ value: Value) { self.value = value }
}

enum Directory {
  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The first bytes of a file; nil if there is none.
  static func contents(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}

extension Span<UInt8> {
  var text: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
}
