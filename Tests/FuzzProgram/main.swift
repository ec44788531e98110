import CFuzzer
import Fuzzing
@preconcurrency import Glibc

// `fuzz NAME INPUT…` tries inputs one by one; `fuzz --targets` and `fuzz --words NAME` tell `contrib/fuzz` what there is.
// Linked with libFuzzer, everything behind the name goes to it, also its options; then what is wrong ends the process with
// a signal, as libFuzzer wants it.

/// What is tried. A function that C calls can bring nothing of its own along.
enum Chosen {
  nonisolated(unsafe) static var target: any FuzzTarget.Type = FuzzTargets.all[0]
}

func fail(_ words: String) -> Never {
  fputs("fuzz: \(words)\n", stderr)
  exit(2)
}

/// The whole of a file.
func contents(of path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { fail("cannot read \(path)") }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}

/// In the form that libFuzzer reads: `"…"`, one a line, with bytes that are not plain in hexadecimal.
func dictionaryLine(_ word: String) -> String {
  let plain = word.utf8.map { byte in
    let isPlain = (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    let digits = String(byte, radix: 16)
    return isPlain ? String(Unicode.Scalar(byte)) : "\\x" + (digits.count < 2 ? "0" : "") + digits
  }
  return "\"\(plain.joined())\""
}

func target(named name: String?) -> any FuzzTarget.Type {
  guard let name, let target = FuzzTargets.named(name) else {
    fail("'\(name ?? "")' is not fuzzed; there are \(FuzzTargets.all.map { $0.name }.joined(separator: ", "))")
  }
  return target
}

/// Tries the inputs; answers whether all promises held.
func tryEach(_ paths: [String]) -> Bool {
  var isKept = true
  for path in paths {
    do {
      try Chosen.target.check(contents(of: path))
      print("kept    \(path)")
    } catch {
      print("BROKEN  \(path): \(error)")
      isKept = false
    }
  }
  return isKept
}

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "--targets":
  for target in FuzzTargets.all { print("\(target.name) \(target.inputBytesMax)") }
case "--words":
  for word in target(named: arguments.dropFirst().first).words { print(dictionaryLine(word)) }
default:
  Chosen.target = target(named: arguments.first)
  guard fuzzer_is_linked() else { exit(tryEach(Array(arguments.dropFirst())) ? 0 : 1) }
  // The name of the target is what libFuzzer takes for the name of the program.
  let status = fuzzer_run(CommandLine.argc - 1, CommandLine.unsafeArgv + 1) { bytes, count in
    do {
      try Chosen.target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
      fputs("broken promise: \(error)\n", stderr)
      abort()
    }
    return 0
  }
  exit(status)
}
