/// Number of a job, as users type it.
package struct JobID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: Int64
  package init(_ value: Int64) { self.value = value }
  package static func < (left: JobID, right: JobID) -> Bool { left.value < right.value }
  package var description: String { String(value) }
}

/// Number of a task in the store; people name tasks by their keys.
package struct TaskID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: Int64
  package init(_ value: Int64) { self.value = value }
  package static func < (left: TaskID, right: TaskID) -> Bool { left.value < right.value }
  package var description: String { String(value) }
}

/// The fencing token: generation of the broker × 2³² + a counter, so that it is greater for each new lease, also after
/// a crash that lost the counter.
package struct LeaseID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: Int64
  package init(_ value: Int64) { self.value = value }

  /// - Parameters:
  ///   - generation: how often a broker has started on this store.
  ///   - counter: leases given since then.
  package init(generation: Int64, counter: Int64) {
    value = generation << 32 + counter
  }

  package static func < (left: LeaseID, right: LeaseID) -> Bool { left.value < right.value }
  package var description: String { String(value) }
}

/// Number of a model call, as users type it.
package struct CallID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: Int64
  package init(_ value: Int64) { self.value = value }
  package static func < (left: CallID, right: CallID) -> Bool { left.value < right.value }
  package var description: String { String(value) }
}

/// Whoever made a call: the user id at the other end of the socket.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
  package let value: UInt32
  package init(_ value: UInt32) { self.value = value }
  package var description: String { String(value) }

  package static let root = UserID(0)
  /// The number that no user has: to the system it means "leave the owner as it is" (chown(2)).
  package static let nobody = UserID(UInt32.max)
}
