import Foundation
import TestSupport
import Testing

@testable import genplugin_code

/// A project in a directory, with what its `requirements.txt` names in an environment of its own.
enum GeneratedProject {
  /// The Python in which the requirements are installed; nil, with the reason printed, when they cannot be had.
  ///
  /// The environment stays beside the tests' executable: it is made once for each `requirements.txt`.
  static let python: String? = {
    do {
      let requirements = Template(PackageResources.requirements_txt).filled([:])
      let root = (BuiltProduct.directory ?? "/tmp") + "/generated-project-environment"
      let (python, stamp) = (root + "/bin/python", root + "/installed.txt")
      if (try? String(contentsOfFile: stamp, encoding: .utf8)) == requirements { return python }
      let file = root + "/requirements.txt"
      for (program, arguments) in [
        ("python3", ["-m", "venv", "--clear", root]),
        (python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--timeout", "15", "-r", file]),
      ] {
        if program == python { try Data(requirements.utf8).write(to: URL(filePath: file)) }
        let end = try run(program, arguments, in: "/tmp")
        guard end.status == 0 else {
          print(
            "not tested: projects that were made, since their requirements cannot be installed:\n\(end.output.suffix(400))"
          )
          return nil
        }
      }
      try Data(requirements.utf8).write(to: URL(filePath: stamp))
      return python
    } catch {
      print("not tested: projects that were made, since no Python can be started: \(error)")
      return nil
    }
  }()

  /// Runs a program to its end.
  ///
  /// - Returns: its exit status, and what it has written to both outputs.
  static func run(_ program: String, _ arguments: [String], in directory: String) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(filePath: directory)
    process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// The closing line of `pytest -q` in a project.
  static func pytest(_ python: String, _ arguments: [String] = [], in directory: String) throws -> (
    status: Int32, output: String
  ) {
    try run(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider"] + arguments, in: directory)
  }
}
