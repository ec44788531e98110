private import CLinux
import Glibc

/// What to run as a child, exactly: nothing is added to it and nothing is looked up.
package struct ChildCommand: Sendable {
  /// Limits for the child, hard and soft; nil leaves what it inherits.
  package struct Limits: Sendable {
    package var addressSpaceBytes: Int64?
    package var cpuSeconds: Int64?
    package var openFiles: Int64?
    package var coreBytes: Int64? = 0

    package init() {}
  }

  /// An absolute path, since `PATH` is not searched.
  package var executable: String
  /// What follows the program's name.
  package var arguments: [String]
  /// The whole environment, each entry `NAME=value`.
  package var environment: [String]
  /// nil: the directory of this process.
  package var directory: String?
  package var limits = Limits()

  package init(_ executable: String, _ arguments: [String] = [], environment: [String] = [], directory: String? = nil) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
  }

  /// Starts the child with these descriptors as its standard streams; returns its pid.
  func spawn(input: Int32, output: Int32, errors: Int32) throws(IOError) -> Int32 {
    guard ([executable, directory ?? ""] + arguments + environment).allSatisfy({ !$0.utf8.contains(0) }) else {
      throw IOError(code: EINVAL, problem: "A NUL in the command \(executable).", remedy: "Remove it.")
    }
    let argv = CStringArray([executable] + arguments)
    let envp = CStringArray(environment)
    var step: Int32 = 0
    // All pointers in the request are valid until `linux_spawn` returns: the child has left this memory by then.
    let answer = unsafe executable.withCString { program in
      unsafe argv.withPointers { argv in
        unsafe envp.withPointers { envp in
          unsafe withOptionalCString(directory) { directory in
            var request = unsafe linux_spawn_request(
              executable: program, argv: argv, envp: envp, directory: directory, stdio: (input, output, errors),
              address_space_bytes: limits.addressSpaceBytes ?? -1, cpu_seconds: limits.cpuSeconds ?? -1,
              open_files: limits.openFiles ?? -1, core_bytes: limits.coreBytes ?? -1)
            return unsafe linux_spawn(&request, &step)
          }
        }
      }
    }
    guard answer >= 0 else { throw failure(step: step, code: -answer) }
    return answer
  }

  private func failure(step: Int32, code: Int32) -> IOError {
    switch linux_spawn_step(rawValue: UInt32(step)) {
    case LINUX_SPAWN_EXEC:
      .failed("Cannot run \(executable)", code, remedy: "Check that it exists, is executable, and what its #! names.")
    case LINUX_SPAWN_DIRECTORY:
      .failed("Cannot run \(executable) in \(directory ?? "")", code, remedy: "Check that directory.")
    case LINUX_SPAWN_LIMIT:
      .failed("Cannot set the limits for \(executable)", code, remedy: "A limit cannot be above this process's own.")
    default:
      .failed("Cannot start a process for \(executable)", code, remedy: "Look at the limits on processes and memory.")
    }
  }
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
  guard let text else { return body(nil) }
  return unsafe text.withCString { unsafe body($0) }
}

/// A NULL-terminated array of C strings, as `execve` wants it.
@safe private final class CStringArray {
  // Owns its elements: `strdup` in init, `free` in deinit.
  private var pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) { unsafe pointers = strings.map { unsafe strdup($0) } + [nil] }

  deinit { unsafe pointers.forEach { unsafe free($0) } }

  func withPointers<Result>(
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    // The array is never empty, so it has a base address; valid inside `body`.
    unsafe pointers.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("no terminator") }
      return unsafe body(base)
    }
  }
}
