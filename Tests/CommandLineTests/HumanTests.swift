import CommandLine
import Testing

@Suite struct `Quantities as people read them` {
  @Test(
    arguments: [
      (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_258_291, "1.2 MiB"), (1_048_575, "1.0 MiB"),
      (1_073_741_824, "1.0 GiB"), (-2048, "-2.0 KiB"), (Int64.max, "8.0 EiB"), (Int64.min, "-8.0 EiB"),
    ] as [(Int64, String)])
  func `bytes`(count: Int64, text: String) {
    #expect(Human.bytes(count) == text)
  }

  @Test(
    arguments: [
      (0, "0 ms"), (850, "850 ms"), (999, "999 ms"), (1000, "1 s"), (59_999, "59 s"), (60_000, "1 m"),
      (125_000, "2 m 5 s"),
      (3_599_999, "59 m 59 s"), (3_600_000, "1 h"), (11_040_000, "3 h 4 m"), (183_600_000, "2 d 3 h"), (-1500, "-1 s"),
      (Int64.min, "-106751991167 d 7 h"),
    ] as [(Int64, String)])
  func `durations`(milliseconds: Int64, text: String) {
    #expect(Human.duration(milliseconds: milliseconds) == text)
  }

  @Test(arguments: [
    (0, "0/s"), (12.34, "12.3/s"), (99.94, "99.9/s"), (99.96, "100/s"), (1234.5, "1,235/s"), (0.1, "0.1/s"),
    (0.05, "3.0/min"), (0.0004, "1.4/h"), (-1, "0/s"), (Double.nan, "0/s"), (.infinity, "0/s"),
    (1e300, "1,000,000,000,000,000/s"),
  ])
  func `rates`(perSecond: Double, text: String) {
    #expect(Human.rate(perSecond: perSecond) == text)
  }

  @Test(
    arguments: [
      (1_000_000, "just now"), (999_100, "just now"), (995_000, "5 s ago"), (700_000, "5 m ago"), (1_090_000, "in 1 m"),
      (-7_200_000, "2 h ago"), (Int64.min, "106751991167 d ago"), (Int64.max, "in 106751991167 d"),
    ] as [(Int64, String)])
  func `times from now`(time: Int64, text: String) {
    #expect(Human.relative(milliseconds: time, now: 1_000_000) == text)
  }

  @Test func `counts`() {
    #expect(Human.count(1, "file") == "1 file")
    #expect(Human.count(0, "file") == "0 files")
    #expect(Human.count(1_234_567, "entry", "entries") == "1,234,567 entries")
    #expect(Human.grouped(-1000) == "-1,000" && Human.grouped(999) == "999")
  }

  @Test func `typed quantities are written as they are read`() throws {
    for text in ["1ms", "500ms", "30s", "90m", "5m", "2h", "1d", "0ms"] {
      #expect(try Milliseconds.read(text).parameterText == text)
    }
    for text in ["0", "64KiB", "16MiB", "2GiB", "1TiB", "64kB", "3MB"] {
      let read = try ByteSize.read(text)
      #expect(try ByteSize.read(read.parameterText) == read, "\(text)")
    }
    #expect(ByteSize(65536).parameterText == "64KiB")
    #expect(ByteSize(1001).parameterText == "1001B")
  }
}
