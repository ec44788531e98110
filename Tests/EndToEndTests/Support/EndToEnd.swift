import Testing

/// Tests over real processes. One after the other, since each of them keeps the machine busy and some of them measure.
@Suite("End to end", .serialized)
struct EndToEnd {}
