import Testing

@testable import CommandLine

@Suite struct `Command lines for a shell` {
  @Test func `quote what a shell would not take as it stands, and nothing else`() {
    #expect(shellLine(["genbroker", "--name", "a-b_1", "/x/y.z"]) == "genbroker --name a-b_1 /x/y.z")
    #expect(shellLine(["a b", "", "it's", "ü", "$x"]) == #"'a b' '' 'it'\''s' 'ü' '$x'"#)
  }
}
