import Testing

@testable import JobStore

/// What is promised is kept, and is not too much.
struct BlobPromisesTests {
  private let day = JobStore.uploadsKeptMs

  @Test func `however much is promised in a day, it has a bound and costs no walk each time`() {
    var promises = BlobPromises()
    let asked = 2 * BlobPromises.countMax
    var made = 0
    // One each 100 ms, none of which ends.
    for blob in 0..<asked {
      let now = Int64(blob) * 100
      if promises.add(Int64(blob), at: now, forgetting: now - day) { made += 1 }
    }
    #expect(made == BlobPromises.countMax && promises.count == made)
    #expect(promises.looked < 4 * asked)
    let now = Int64(asked) * 100
    #expect(promises.holds(0, after: now - day), "one that was made is kept")
    let (again, another) = (
      promises.add(0, at: now, forgetting: now - day), promises.add(-1, at: now, forgetting: now - day)
    )
    #expect(again && !another)
  }

  @Test func `what is over makes room`() {
    var promises = BlobPromises()
    for blob in 0..<Int64(BlobPromises.countMax) { _ = promises.add(blob, at: 0, forgetting: -day) }
    #expect(promises.count == BlobPromises.countMax)
    let (early, late) = (
      promises.add(-1, at: day / 2, forgetting: -day / 2), promises.add(-1, at: day, forgetting: 0)
    )
    #expect(!early && late && promises.count == 1)
  }
}
