/// Bytes waiting to be sent: small pieces are joined, large arrays kept as they came.
struct WriteQueue {
  /// Pieces are joined up to this size, which one system call can usually send.
  private static let joinedBytes = 64 * 1024

  private var pieces: [[UInt8]] = []
  private var firstPiece = 0
  /// Sent bytes of the first piece.
  private var sent = 0
  private(set) var byteCount = 0

  var isEmpty: Bool { byteCount == 0 }

  mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    byteCount += bytes.count
    if canJoin(bytes.count) {
      pieces[pieces.count - 1].append(contentsOf: bytes)
    } else {
      pieces.append(bytes)
    }
  }

  mutating func append(_ bytes: Span<UInt8>) {
    guard !bytes.isEmpty else { return }
    byteCount += bytes.count
    // The buffer is borrowed for this closure only, and copied in it.
    unsafe bytes.withUnsafeBufferPointer { bytes in
      if canJoin(bytes.count) {
        unsafe pieces[pieces.count - 1].append(contentsOf: bytes)
      } else {
        unsafe pieces.append(Array(bytes))
      }
    }
  }

  private func canJoin(_ count: Int) -> Bool {
    guard let last = pieces.last, pieces.count > firstPiece else { return false }
    return last.count + count <= Self.joinedBytes
  }

  /// Calls `body` with the unsent bytes of the first piece; the queue must not be empty.
  func withFirst<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    // The pointer is valid inside `body` only, and holds what is left of the array.
    unsafe pieces[firstPiece].withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
  }

  /// Takes away bytes of the first piece that were sent.
  mutating func drop(_ count: Int) {
    byteCount -= count
    sent += count
    guard sent == pieces[firstPiece].count else { return }
    sent = 0
    pieces[firstPiece] = []
    firstPiece += 1
    if firstPiece == pieces.count {
      removeAll()
    } else if firstPiece >= 64, firstPiece * 2 >= pieces.count {
      pieces.removeFirst(firstPiece)
      firstPiece = 0
    }
  }

  mutating func removeAll() {
    pieces.removeAll(keepingCapacity: pieces.count <= 16)
    (firstPiece, sent, byteCount) = (0, 0, 0)
  }
}
