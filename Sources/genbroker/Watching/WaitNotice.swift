import Wire

/// Many tasks can have to wait for the same, and ask for it again and again: the first of them says it for all.
struct WaitNotice {
  private var last: String?

  /// Whether an event says anything that the ones before it have not.
  mutating func isNews(_ event: JobsAPI.Event) -> Bool {
    guard event.type == "task.released", let wait = EventDetail(event).whatItWaitsFor else { return true }
    defer { last = wait }
    return wait != last
  }
}
