import Foundation

/// Runs a program to its end. Its errors go where the test's own go.
///
/// - Returns: its standard output.
/// - Throws: `SupportError` when it does not succeed.
package func outputOfProgram(_ executable: String, _ arguments: [String]) throws -> String {
  let (process, output) = (Process(), Pipe())
  process.executableURL = URL(fileURLWithPath: executable)
  process.arguments = arguments
  process.standardOutput = output
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  let text = String(decoding: data, as: UTF8.self)
  guard process.terminationStatus == 0 else { throw SupportError(message: "\(executable) failed: \(text)") }
  return text
}
