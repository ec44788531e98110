import FileSystem
import Glibc

/// The next bytes of standard input; nil at its end.
func readStandardInput() throws(FileError) -> [UInt8]? {
  var buffer = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    // The kernel writes at most `count` bytes into the buffer.
    let got = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
    if got > 0 { return Array(buffer[..<got]) }
    if got == 0 { return nil }
    let code = errno
    if code != EINTR { throw FileError("read", "standard input", errno: code) }
  }
}
