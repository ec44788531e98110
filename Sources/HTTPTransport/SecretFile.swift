import FileSystem
import Glibc

/// Why a file is not taken for one that holds a secret. Never holds what is in it.
package enum SecretFileError: Error, Equatable, Sendable {
  /// It cannot be read: what was tried, and why it failed.
  case unreadable(String)
  /// It can be read and is not used, since it …
  case unusable(String)
}

/// A file that holds a key or a token and nothing else.
package enum SecretFile {
  /// Reads the secret, if the file is one that only this user can read.
  ///
  /// - Throws: also when it is no regular file, belongs to somebody else, or others may read or change it. What is in it is
  ///   never said.
  package static func read(_ path: String) throws(SecretFileError) -> Secret {
    let (status, bytes) = try content(path)
    guard status.owner == geteuid() else { throw .unusable("belongs to somebody else") }
    guard status.permissions & 0o077 == 0 else {
      let mode = String(status.permissions, radix: 8)
      throw .unusable("may be read or changed by others (mode \(mode))")
    }
    guard let secret = Secret(String(decoding: bytes, as: UTF8.self)) else {
      throw .unusable("does not hold one key: printable ASCII without blanks")
    }
    return secret
  }

  /// Both through the same open file: nobody can put another one in its place in between.
  private static func content(_ path: String) throws(SecretFileError) -> (FileStatus, [UInt8]) {
    do throws(FileError) {
      let file = try File.open(path)
      return (try file.status(), try file.read(at: 0, count: Secret.bytesMax + 2))
    } catch {
      throw .unreadable("\(error)")
    }
  }
}
