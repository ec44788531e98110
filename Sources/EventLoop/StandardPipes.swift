private import CLinux
import Glibc

/// The three pipes between a child and its host, while the child is being started.
///
/// An end that was taken or closed is -1, so that whatever goes wrong `closeAll` closes each end exactly once.
struct StandardPipes {
  struct Ends {
    var read: Int32 = -1
    var write: Int32 = -1
  }

  private(set) var input = Ends()
  private(set) var output = Ends()
  private(set) var errors = Ends()

  init() throws(IOError) {
    do throws(IOError) {
      input = try Self.make(hostEnd: \.write)
      output = try Self.make(hostEnd: \.read)
      errors = try Self.make(hostEnd: \.read)
    } catch {
      closeAll()
      throw error
    }
  }

  /// Only the host's end is non-blocking: the child expects an ordinary pipe. (The flag belongs to one end of a pipe,
  /// each being an open file of its own.)
  private static func make(hostEnd: KeyPath<Ends, Int32>) throws(IOError) -> Ends {
    let remedy = "Look at the limit on open files (ulimit -n)."
    var pair: [Int32] = [-1, -1]
    // Two elements, as the function wants.
    _ = unsafe try EventLoop.checked(linux_pipe(&pair), "Cannot make a pipe", remedy: remedy)
    var ends = Ends(read: pair[0], write: pair[1])
    do throws(IOError) {
      _ = try EventLoop.checked(linux_set_nonblocking(ends[keyPath: hostEnd]), "Cannot set up a pipe", remedy: remedy)
    } catch {
      close(&ends.read)
      close(&ends.write)
      throw error
    }
    return ends
  }

  mutating func takeInput() -> Int32 { Self.take(&input.write) }
  mutating func takeOutput() -> Int32 { Self.take(&output.read) }
  mutating func takeErrors() -> Int32 { Self.take(&errors.read) }

  mutating func closeChildEnds() {
    Self.close(&input.read)
    Self.close(&output.write)
    Self.close(&errors.write)
  }

  mutating func closeAll() {
    closeChildEnds()
    Self.close(&input.write)
    Self.close(&output.read)
    Self.close(&errors.read)
  }

  private static func take(_ end: inout Int32) -> Int32 {
    defer { end = -1 }
    return end
  }

  private static func close(_ end: inout Int32) {
    if end >= 0 { _ = Glibc.close(end) }
    end = -1
  }
}
