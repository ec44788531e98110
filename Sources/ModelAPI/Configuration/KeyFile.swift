import FileSystem
import Glibc

/// A file that holds a key and nothing else.
enum KeyFile {
  /// Reads the key, if the file is one that only this user can read.
  ///
  /// - Throws: also when it is no regular file, belongs to somebody else, or others may read or change it. What is in it is
  ///   never said.
  static func read(_ path: String, of provider: String) throws(ModelConfigurationError) -> Secret {
    let (status, bytes) = try content(path, of: provider)
    guard status.owner == geteuid() else { throw refused(path, provider, "belongs to somebody else") }
    guard status.permissions & 0o077 == 0 else {
      let mode = String(status.permissions, radix: 8)
      throw refused(path, provider, "may be read or changed by others (mode \(mode))")
    }
    guard let key = Secret(String(decoding: bytes, as: UTF8.self)) else {
      throw refused(path, provider, "does not hold one key: printable ASCII without blanks")
    }
    return key
  }

  /// Both through the same open file: nobody can put another one in its place in between.
  private static func content(
    _ path: String, of provider: String
  ) throws(ModelConfigurationError) -> (FileStatus, [UInt8]) {
    do throws(FileError) {
      let file = try File.open(path)
      return (try file.status(), try file.read(at: 0, count: ModelAPILimits.keyBytesMax + 2))
    } catch {
      throw ModelConfigurationError(
        problem: "The provider '\(provider)' has no key: \(error).",
        remedy: "Mend key_file in the configuration of models, or let it be a file of yours with mode 0600.")
    }
  }

  private static func refused(_ path: String, _ provider: String, _ why: String) -> ModelConfigurationError {
    ModelConfigurationError(
      problem: "The key file of the provider '\(provider)' is not used, since it \(why): \(path)",
      remedy: "chmod 600 it, and let it hold the key alone.")
  }
}
