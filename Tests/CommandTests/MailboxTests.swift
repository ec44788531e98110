import Testing

@testable import genbroker

@Suite struct `A mailbox` {
  @Test func `what nobody heard is kept for the next listener, in order`() async {
    let mailbox = Mailbox<Int>()
    mailbox.post(1)
    mailbox.post(2)
    var heard: [Int] = []
    for await number in mailbox.listen() {
      heard.append(number)
      if heard.count == 2 { mailbox.post(3) }
      if heard.count == 3 { break }
    }
    #expect(heard == [1, 2, 3])
  }

  @Test func `a listener that was cancelled does not end it`() async {
    let mailbox = Mailbox<Int>()
    let first = Task { for await _ in mailbox.listen() {} }
    first.cancel()
    await first.value
    mailbox.post(7)
    for await number in mailbox.listen() {
      #expect(number == 7)
      break
    }
  }
}
