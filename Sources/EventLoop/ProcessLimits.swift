import Glibc

/// Limits of this process.
package enum ProcessLimits {
  /// Raises the number of files this process may open to the highest the system allows; returns it.
  @discardableResult
  package static func raiseOpenFiles() throws(IOError) -> Int {
    var limit = rlimit()
    let remedy = "Look at ulimit -n."
    guard unsafe getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else {
      throw .failed("Cannot read the limit on open files", errno, remedy: remedy)
    }
    limit.rlim_cur = limit.rlim_max
    guard unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else {
      throw .failed("Cannot raise the limit on open files", errno, remedy: remedy)
    }
    return Int(clamping: limit.rlim_cur)
  }
}
