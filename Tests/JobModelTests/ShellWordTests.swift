import JobModel
import Testing

@Suite struct `Words of a command to copy` {
  @Test(arguments: [
    ("t0", "t0"), ("node/order/check-order:1,2", "node/order/check-order:1,2"), ("", "''"),
    ("with space", "'with space'"), ("it's", #"'it'\''s'"#), ("$(date)", "'$(date)'"), ("a*", "'a*'"), ("~", "'~'"),
    ("größe", "'größe'"), ("a\nb", "'a\nb'"),
  ])
  func `a shell reads a word as it was`(text: String, word: String) {
    #expect(shellWord(text) == word)
  }
}
