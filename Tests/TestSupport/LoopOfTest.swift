package import EventLoop

/// A loop and an empty directory for one test; both end with it.
package func withLoop(_ body: (EventLoop, String) async throws -> Void) async throws {
  let directory = try makeDirectory()
  let loop = try EventLoop.start(name: "test-loop")
  do {
    try await body(loop, directory)
  } catch {
    await loop.shutDown()
    throw error
  }
  await loop.shutDown()
  removeTree(directory)
}
