import Glibc

/// Whether a process of that number is there. It may be another one than it was when the number was noted.
package func processExists(_ pid: Int32) -> Bool {
  // Signal 0 only asks; EPERM is the answer for somebody else's process.
  Glibc.kill(pid, 0) == 0 || errno == EPERM
}
