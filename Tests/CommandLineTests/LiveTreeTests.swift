import CommandLine
import Testing

@Suite struct `Live trees` {
  private let tree = LiveTree([
    LiveNode(
      "job 7 docs", .running, progress: ProgressBar(done: 120, total: 300), ratePerSecond: 12.3,
      children: [
        LiveNode("plan", .done, progress: ProgressBar(done: 1, total: 1)),
        LiveNode(
          "pages", .running, progress: ProgressBar(done: 119, total: 298), ratePerSecond: 12.3,
          children: [
            LiveNode("order/Task_17", .running, note: "worker 2, 4 s"),
            LiveNode("order/Gateway_1", .failed, note: "no such element"),
            LiveNode("支払い/タスク", .waiting),
          ]),
        LiveNode("index", .waiting, progress: ProgressBar(done: 0, total: 1)),
      ])
  ])

  @Test(arguments: [100, 60, 44, 30, 16, 5])
  func `a frame of every width is what it was`(width: Int) throws {
    try expectSnapshot(drawn(tree, width: width), named: "live-\(width).txt")
  }

  @Test func `a frame in plain characters is what it was`() throws {
    try expectSnapshot(drawn(tree, width: 72, glyphs: .ascii), named: "live-ascii.txt")
  }

  @Test func `a low terminal keeps what runs or failed, and counts the rest`() throws {
    let frames = [7, 6, 5, 4, 3, 2, 1].map { drawn(tree, width: 60, height: $0) }
    try expectSnapshot(frames.joined(separator: "----\n"), named: "live-heights.txt")
  }

  @Test func `no frame is larger than the terminal`() {
    for width in 0...90 {
      for height in 0...9 {
        let frame = tree.frame(width: width, height: height, time: 0)
        #expect(frame.count <= height && frame.allSatisfy { $0.width <= width }, "\(width) × \(height)")
      }
    }
  }

  @Test func `a hundred thousand nodes make a frame of one screen`() {
    let children = (0..<100_000).map { LiveNode("task \($0)", $0 == 77_777 ? .failed : .done) }
    let frame = LiveTree([LiveNode("job", .running, children: children)]).frame(width: 80, height: 4, time: 0)
    #expect(
      frame.map { $0.rendered(.plain) } == [
        "⠋ job", "  ✓ task 0", "  ✗ task 77777", "… 99998 more: 99998 done",
      ])
  }

  @Test func `only spinners move with time, at any time`() {
    let frames = [0, 50, 100, Int64.max, -1, Int64.min].map { tree.frame(width: 80, height: 20, time: $0) }
    #expect(frames[0] == frames[1] && frames[1] != frames[2])
    #expect(frames.allSatisfy { $0.count == frames[0].count })
  }

  @Test func `names of nodes cannot write to the terminal`() {
    let node = LiveNode("a\u{1B}[2J\nb", .failed, note: "x\ry")
    #expect(LiveTree([node]).frame(width: 80, height: 9, time: 0)[0].rendered(.plain) == "✗ a\\e[2J\\nb  x\\ry")
  }

  @Test func `what is left is told only while it runs and is known`() {
    let progress = ProgressBar(done: 50, total: 100)
    #expect(LiveNode("", .running, progress: progress, ratePerSecond: 2).remainingMilliseconds == 25_000)
    #expect(LiveNode("", .paused, progress: progress, ratePerSecond: 2).remainingMilliseconds == nil)
    for rate in [nil, 0, -1, 1e-300, .nan, .infinity] as [Double?] {
      #expect(LiveNode("", .running, progress: progress, ratePerSecond: rate).remainingMilliseconds == nil)
    }
    let over = ProgressBar(done: 101, total: 100)
    #expect(LiveNode("", .running, progress: over, ratePerSecond: 2).remainingMilliseconds == nil)
  }

  private func drawn(_ tree: LiveTree, width: Int, height: Int = 20, glyphs: Glyphs = .unicode) -> String {
    tree.frame(width: width, height: height, time: 0, glyphs: glyphs).map { $0.rendered(.plain) + "\n" }.joined()
  }
}

@Suite struct `Progress` {
  @Test(arguments: [
    (0, 10, "░░░░░"), (1, 10, "▌░░░░"), (5, 10, "██▌░░"), (10, 10, "█████"), (9999, 10_000, "████▉"), (11, 10, "█████"),
    (-3, 10, "░░░░░"), (0, 0, "█████"),
  ])
  func `a bar is full only when all is done`(done: Int, total: Int, bar: String) {
    #expect(ProgressBar(done: done, total: total).drawn(columns: 5, glyphs: .unicode) == bar)
  }

  @Test func `a bar has exactly its columns`() {
    for columns in -1...30 {
      for done in 0...37 {
        let bar = ProgressBar(done: done, total: 37)
        #expect(displayWidth(bar.drawn(columns: columns, glyphs: .unicode)) == max(0, columns))
        #expect(displayWidth(bar.drawn(columns: columns, glyphs: .ascii)) == max(0, columns))
      }
    }
  }

  @Test func `the rate is that of the last while, from where measuring began`() throws {
    var meter = RateMeter(windowMilliseconds: 10_000)
    #expect(meter.rate(at: 0) == nil)
    meter.note(500, at: 1000)
    #expect(meter.rate(at: 1000) == nil && meter.rate(at: 2000) == nil)
    meter.note(510, at: 2000)
    #expect(meter.rate(at: 2000) == 10)
    #expect(meter.rate(at: 3000) == 5)
    for second in 3...60 { meter.note(510 + second, at: Int64(second) * 1000) }
    let rate = try #require(meter.rate(at: 60_000))
    #expect(abs(rate - 1) < 0.001)
  }

  @Test func `bursts of notes neither grow the meter nor falsify the rate`() throws {
    var meter = RateMeter(windowMilliseconds: 1000)
    for tick in 0...100_000 { meter.note(tick, at: Int64(tick) / 10) }
    let rate = try #require(meter.rate(at: 10_000))
    #expect(abs(rate - 10_000) < 300, "\(rate)")
  }

  @Test func `a count that falls starts anew`() {
    var meter = RateMeter()
    meter.note(100, at: 0)
    meter.note(3, at: 1000)
    meter.note(5, at: 2000)
    #expect(meter.rate(at: 2000) == 2)
  }
}
