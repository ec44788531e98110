package import Foundation

/// A script of Python that judges what this project has made.
package enum PythonJudge {
  /// Runs a script to its end.
  ///
  /// - Parameters:
  ///   - input: its standard input; by way of a file, so that neither side waits for the other.
  ///   - python: the interpreter, by name or path.
  /// - Returns: its exit status, and its standard output.
  package static func run(
    _ script: String, _ input: Data, python: String = "python3"
  ) throws -> (status: Int32, output: Data) {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    // What cannot be removed lies where temporary files are cleared away.
    defer { try? FileManager.default.removeItem(at: file) }
    try input.write(to: file)
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "-c", script]
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
