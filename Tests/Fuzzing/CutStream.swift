/// An input that says itself how it comes in: one byte for the number of cuts (its lower four bits), one for the length of
/// each piece, and the stream.
struct CutStream {
  /// What comes in, in all.
  let bytes: ArraySlice<UInt8>
  /// The same in pieces, some of which may be empty.
  private(set) var pieces: [ArraySlice<UInt8>] = []

  init(_ input: ArraySlice<UInt8>) {
    let cuts = Int((input.first ?? 0) & 15)
    let lengths = input.dropFirst().prefix(cuts)
    bytes = input.dropFirst(1 + cuts)
    var rest = bytes
    for length in lengths {
      pieces.append(rest.prefix(Int(length)))
      rest = rest.dropFirst(Int(length))
    }
    pieces.append(rest)
  }
}
