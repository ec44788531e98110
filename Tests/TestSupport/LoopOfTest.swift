package import EventLoop

/// A loop and an empty directory for one test; both end with it.
package func withLoop<Outcome>(_ body: (EventLoop, String) async throws -> Outcome) async throws -> Outcome {
  let directory = try makeDirectory()
  let loop = try EventLoop.start(name: "test-loop")
  do {
    let outcome = try await body(loop, directory)
    await loop.shutDown()
    removeTree(directory)
    return outcome
  } catch {
    await loop.shutDown()
    throw error
  }
}

/// Runs `body` on the loop and waits for its value.
package func onLoop<Value: Sendable>(
  _ loop: EventLoop, _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    loop.post { continuation.resume(with: Result(catching: body)) }
  }
}
