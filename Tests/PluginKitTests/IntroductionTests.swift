import Testing

@testable import PluginKit

/// What a plugin says to somebody who starts it by hand.
struct IntroductionTests {
  private let plugin = Closure { _, _ in }

  @Test func `a host gives no arguments, and is not talked to`() {
    #expect(Introduction([], of: plugin) == nil)
  }

  @Test func `the version and the help are told, and by whom it is run`() {
    let version = Introduction(["--version"], of: plugin)
    #expect(version?.text == "genplugin-test 3")
    #expect(version?.exitCode == 0)
    for argument in ["--help", "-h"] {
      let help = Introduction([argument], of: plugin)
      #expect(help?.text.contains("genworker --kind test") == true)
      #expect(help?.exitCode == 0)
    }
  }

  @Test(arguments: [["file.bpmn"], ["--version", "x"], [""], ["--verbose"]])
  func `anything else is refused`(_ arguments: [String]) {
    #expect(Introduction(arguments, of: plugin)?.exitCode == 2)
  }
}
