import Foundation

/// Runs work that blocks on a thread of its own, so that it keeps none from the tests and its time is not theirs.
///
/// - Returns: what the work returns or throws.
@discardableResult
func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) -> Task<Value, any Error> {
  Task {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
  }
}
