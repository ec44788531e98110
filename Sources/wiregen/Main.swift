import FoundationEssentials
import Glibc
import Varlink

/// Writes the Swift types of one varlink interface: `wiregen INTERFACE.varlink OUTPUT.swift`.
@main
struct Main {
  static func main() {
    guard CommandLine.arguments.count == 3 else {
      fail("wiregen: error: give two paths: the interface description and the Swift file to write", status: 2)
    }
    let (input, output) = (CommandLine.arguments[1], CommandLine.arguments[2])
    do {
      let text = try String(contentsOf: URL(filePath: input), encoding: .utf8)
      let swift = try SwiftGenerator(try Interface(parsing: text)).file()
      try Data(swift.utf8).write(to: URL(filePath: output))
    } catch let error as InterfaceError {
      // The form in which compilers report, so that build tools show the place.
      fail("\(input):\(error.line):\(error.column): error: \(error.message)", status: 1)
    } catch {
      fail("\(input): error: \(error)", status: 1)
    }
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    // Build tools show what a tool prints.
    print(message)
    exit(status)
  }
}
