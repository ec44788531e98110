import HTTPTransport

/// A file that holds a key of a provider and nothing else.
enum KeyFile {
  /// Reads the key, if the file is one that only this user can read.
  ///
  /// - Throws: what ``SecretFile/read(_:)`` throws, in words about the provider.
  static func read(_ path: String, of provider: String) throws(ModelConfigurationError) -> Secret {
    do throws(SecretFileError) {
      return try SecretFile.read(path)
    } catch {
      switch error {
      case .unreadable(let why):
        throw ModelConfigurationError(
          problem: "The provider '\(provider)' has no key: \(why).",
          remedy: "Mend key_file in the configuration of models, or let it be a file of yours with mode 0600.")
      case .unusable(let why):
        throw ModelConfigurationError(
          problem: "The key file of the provider '\(provider)' is not used, since it \(why): \(path)",
          remedy: "chmod 600 it, and let it hold the key alone.")
      }
    }
  }
}
