import BrokerClient
import Wire

/// Calls that the store could not take. They are made again together, in their order, after a rest that grows for as long
/// as it takes none of them.
struct BusyCalls {
  private var backoff: Backoff
  /// Those that wait for the end of the rest.
  private var resting: Set<Int> = []
  /// Those that were made again, and are not answered yet.
  private var repeated: Set<Int> = []

  init(_ times: WorkerTimes) {
    backoff = Backoff(firstMs: times.busyFirstMs, longestMs: times.busyLongestMs)
  }

  /// The store could not take a call.
  ///
  /// - Returns: how long the rest that begins now is, at least half of its bound; `nil` when one goes on already.
  mutating func refused(_ number: Int, random: Double) -> Int64? {
    repeated.remove(number)
    resting.insert(number)
    return resting.count == 1 ? backoff.nextMs(random: 0.5 + random / 2) : nil
  }

  /// - Returns: what is to be made again, in this order.
  mutating func restIsOver() -> [Int] {
    defer { resting = [] }
    repeated.formUnion(resting)
    return resting.sorted()
  }

  /// The broker has decided on a call, or nobody wants it any more.
  mutating func answered(_ number: Int) {
    if repeated.remove(number) != nil { backoff.succeeded() }
  }

  /// The connection broke: everything that is not answered is made again, without a rest.
  mutating func disconnected() { (resting, repeated) = ([], []) }
}

extension BrokerError {
  /// Whether nobody has decided on the call, so that it is to be made again: in this session or in the next.
  var isToBeRepeated: Bool {
    switch self {
    case .connection: true
    case .call: self.is(WorkerAPI.NoSuchSession.self) || self.is(WorkerAPI.StoreBusy.self)
    }
  }
}
