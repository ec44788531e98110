import Digest

/// Choices that follow from a text alone: the same text chooses the same, everywhere and always.
struct Choices: Sendable {
  /// What the choices are about, such as a sub-category and a room.
  let subject: String

  init(_ parts: String...) { subject = parts.joined(separator: "\u{1F}") }

  /// A number that belongs to the subject and the question; each question has another one.
  func number(_ question: String) -> UInt64 {
    SHA256Digest(of: Array("\(subject)\u{1E}\(question)".utf8)).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// One of the elements; the list must not be empty.
  func one<Element>(of list: [Element], _ question: String) -> Element {
    list[Int(number(question) % UInt64(list.count))]
  }

  /// A whole number in a range, a multiple of a step above its lower end.
  func length(in range: ClosedRange<Int>, step: Int, _ question: String) -> Int {
    let steps = (range.upperBound - range.lowerBound) / step
    return range.lowerBound + Int(number(question) % UInt64(steps + 1)) * step
  }

  /// The elements in an order of their own.
  func shuffled<Element>(_ list: [Element], _ question: String) -> [Element] {
    list.enumerated().map { (key: number("\(question) \($0.offset)"), element: $0.element) }
      .sorted { $0.key < $1.key }.map(\.element)
  }
}
