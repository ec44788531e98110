private import CLinux
import Glibc

/// Closes this process's memory to other programs of the same user, for as long as it runs: none may trace it, nor read its
/// memory or its environment under `/proc`, and no core of it is written.
///
/// A process that holds a key of a provider runs programs that shall not have it, its plugins, as the same user. Root can
/// still do all of this. A program that is started by `exec` begins open again.
package func hideMemory() { linux_hide_memory() }

/// Whether ``hideMemory()`` holds.
package func memoryIsHidden() -> Bool { linux_memory_is_hidden() == 1 }

/// Overwrites the values of these variables in the environment that this process was started with: it stays readable under
/// `/proc`, for root in any case, and `getenv` and programs that are started later would find them there.
///
/// What was read before is a copy and stays. Threads that look for other variables meanwhile are not disturbed: neither the
/// names nor where the strings begin changes.
package func eraseEnvironment(_ names: Set<String>) {
  // `environ` is a NULL-terminated array of C strings in this process's own writable memory: the kernel has copied them onto
  // its first stack. Each is as long as `strlen` says, and only bytes behind the equals sign and before the NUL are written.
  var entry = unsafe environ
  while let text = unsafe entry.pointee {
    let bytes = unsafe UnsafeMutableBufferPointer(start: text, count: strlen(text))
    if let equals = unsafe bytes.firstIndex(of: CChar(bitPattern: UInt8(ascii: "="))) {
      let name = unsafe String(decoding: bytes[..<equals].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if names.contains(name) { unsafe bytes[(equals + 1)...].update(repeating: 0) }
    }
    unsafe entry += 1
  }
}
