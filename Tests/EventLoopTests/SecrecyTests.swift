import EventLoop
import Glibc
import Testing

@Suite struct `What a process hides of itself` {
  @Test func `a variable is overwritten where it stands, and others stay`() async {
    await #expect(processExitsWith: .success) {
      setenv("GENBROKER_TEST_KEY", "sk-secret", 1)
      setenv("GENBROKER_TEST_KEYS", "stays", 1)
      eraseEnvironment(["GENBROKER_TEST_KEY", "GENBROKER_NONE"])
      let left = processEnvironment()
      exit(left["GENBROKER_TEST_KEY"] == "" && left["GENBROKER_TEST_KEYS"] == "stays" ? 0 : 1)
    }
  }

  @Test func `its memory is hidden from then on`() async {
    await #expect(processExitsWith: .success) {
      guard !memoryIsHidden() else { exit(1) }
      hideMemory()
      exit(memoryIsHidden() ? 0 : 1)
    }
  }
}
