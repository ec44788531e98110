import Glibc
import TestSupport
import Testing

/// What a process holds in memory, in KiB; the test's own unless another is named.
func residentKiB(of process: String = "self") -> Int {
  let fields = fileText("/proc/\(process)/statm").split(separator: " ")
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4 : 0
}

/// The beginning of a file; empty when there is none.
func fileText(_ path: String) -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return "" }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 64 << 10)
  let count = read(file, &bytes, bytes.count)
  return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
}

/// The sanitizers keep what is freed for a while, or notes of it: what the process holds then says nothing about the program.
let keepsFreedMemory = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

/// The paths of all files below a directory.
func filesBelow(_ directory: String) -> [String] {
  guard let stream = opendir(directory) else { return [] }
  defer { closedir(stream) }
  var files: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name == "." || name == ".." { continue }
    let path = "\(directory)/\(name)"
    if entry.pointee.d_type == UInt8(DT_DIR) { files += filesBelow(path) } else { files.append(path) }
  }
  return files
}

/// Runs a program to its end; answers the lines of its standard output. Its errors go where the test's own go.
func run(_ command: [String]) throws -> [String] { try runStatus(command).lines }

/// Runs a program to its end; answers its exit status, too.
func runStatus(_ command: [String]) throws -> (status: Int32, lines: [String]) {
  let (end, childEnd) = try makePipe()
  let child = try spawn(command, output: childEnd)
  close(childEnd)
  defer { close(end) }
  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(end, &buffer, buffer.count)
    guard count > 0 else { break }
    output += buffer[..<count]
  }
  let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  return (exitStatus(of: child), lines)
}

/// Two connected descriptors that no other child inherits, not even one that is started at this moment. What is read from
/// the first comes in time or not at all.
func makePipe() throws -> (Int32, Int32) {
  var ends: [Int32] = [0, 0]
  let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
  guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SupportError(message: "no pipe: errno \(errno)") }
  var patience = timeval(tv_sec: Int(patienceMs / 1000), tv_usec: 0)
  setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  return (ends[0], ends[1])
}

/// Starts a program with its standard output at a descriptor; answers its pid.
func spawn(_ command: [String], output: Int32) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, output, 1)
  var arguments = command.map { strdup($0) } + [nil]
  defer { for argument in arguments { free(argument) } }
  var pid: pid_t = 0
  let answer = posix_spawn(&pid, command[0], &actions, nil, &arguments, environ)
  guard answer == 0 else { throw SupportError(message: "cannot start \(command[0]): error \(answer)") }
  return pid
}

/// Waits for the end of a child; its exit status, or 128 and the number of the signal that ended it.
///
/// One that does not end in time is a failure of the test, and is killed: nothing else bounds how long it takes.
func exitStatus(of child: pid_t) -> Int32 {
  var status: Int32 = 0
  var answer: pid_t = 0
  do {
    try waitUntil("process \(child) ends") {
      answer = waitpid(child, &status, WNOHANG)
      return answer != 0
    }
  } catch {
    Issue.record(error)
    kill(child, SIGKILL)
    answer = waitpid(child, &status, 0)
  }
  guard answer == child else { return -1 }
  return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
}
