import HTTPTransport
import JobModel
import JSON

/// Reads one provider of the configuration, or a built-in one that the file does not name.
struct ProviderReader {
  private let name: String
  private let members: MemberReader?
  private let template: Provider.Template?
  private let path: String
  private let environment: [String: String]
  private let keys: ProviderTable.Keys

  private static let known = [
    "api", "base_url", "key_env", "key_file", "headers", "image_api", "timeouts", "prices", "ca_file",
  ]
  /// What says who asks, or how the bytes are framed, is not for the configuration; keys have a place of their own.
  private static let forbiddenHeaders: Set<String> = [
    "authorization", "x-api-key", "x-goog-api-key", "api-key", "cookie", "proxy-authorization", "host",
    "content-length",
    "content-type", "transfer-encoding", "connection", "expect", "accept", "accept-encoding", "te", "trailer",
    "upgrade",
  ]

  init(
    _ name: String, _ value: JSONValue?, in path: String, _ environment: [String: String], _ keys: ProviderTable.Keys
  ) throws(ModelConfigurationError) {
    (self.name, self.path, self.environment, self.keys) = (name, path, environment, keys)
    template = Provider.builtIn[name]
    guard let value else {
      members = nil
      return
    }
    do throws(NameError) {
      _ = try ModelName.provider(name)
    } catch {
      throw ModelConfigurationError(problem: "\(path): \(error.message).", remedy: "\(error.remedy).")
    }
    members = try MemberReader(value, at: "providers.\(name)", in: path, known: ProviderReader.known)
  }

  func provider() throws(ModelConfigurationError) -> Provider {
    guard let api = try members?.word("api", Provider.API.self) ?? template?.api else { throw missing("api") }
    let url = try baseURL()
    let (key, missing) = try key()
    if key != nil, !url.isEncrypted, !url.isLoopback { throw plainKey(url) }
    var provider = Provider(
      name: name, api: api,
      imageAPI: try members?.word("image_api", Provider.ImageAPI.self) ?? template?.imageAPI ?? .images, baseURL: url,
      key: key, keyVariables: try keyVariables(), headers: try headers(),
      timeouts: try timeouts(), caFile: try members?.string("ca_file").map(besideFile))
    switch missing {
    case .remedy(let remedy): provider.missingKeyRemedy = remedy
    case .unusable(let error): provider.keyFileError = error
    case nil: break
    }
    return provider
  }

  private func baseURL() throws(ModelConfigurationError) -> BaseURL {
    guard let text = try members?.string("base_url") ?? template?.baseURL else { throw missing("base_url") }
    guard let url = BaseURL(text) else {
      throw ModelConfigurationError(
        problem: "\(path): providers.\(name).base_url is no address of a server.",
        remedy: "Write https://HOST[:PORT][/PATH], without a user, a query and a fragment.")
    }
    return url
  }

  private func missing(_ member: String) -> ModelConfigurationError {
    ModelConfigurationError(
      problem: "\(path): providers.\(name) has no \"\(member)\".",
      remedy: "Only \(Provider.builtIn.keys.sorted().joined(separator: ", ")) are known without it.")
  }

  private func plainKey(_ url: BaseURL) -> ModelConfigurationError {
    ModelConfigurationError(
      problem:
        "The provider '\(name)' has a key and is asked over plain HTTP (\(url)): everybody on the way could read it.",
      remedy: "Use https, or an address of this machine such as 127.0.0.1, or no key.")
  }

  // MARK: Keys

  /// Why there is no key where one is expected.
  private enum MissingKey {
    /// What to do about it.
    case remedy(String)
    /// There is a file for it, and something is wrong with that.
    case unusable(ModelConfigurationError)
  }

  private func key() throws(ModelConfigurationError) -> (Secret?, MissingKey?) {
    if keys == .ignored { return (nil, nil) }
    let variable = try members?.string("key_env")
    if let file = try members?.string("key_file") {
      if variable != nil { throw wrong("has both \"key_env\" and \"key_file\"") }
      return try key(inFile: besideFile(file))
    }
    let variables = variable.map { [$0] } ?? template?.keyVariables ?? []
    for variable in variables {
      guard let text = environment[variable], !text.isEmpty else { continue }
      guard let key = Secret(text) else {
        throw ModelConfigurationError(
          problem:
            "The variable \(variable) of the environment cannot be a key: keys are printable ASCII without blanks.",
          remedy: "Set it anew, or unset it.")
      }
      return (key, nil)
    }
    let remedy = variables.first.map { "Set \($0), or name a key_file in the configuration of models." }
    return (nil, remedy.map { .remedy($0) })
  }

  private func key(inFile path: String) throws(ModelConfigurationError) -> (Secret?, MissingKey?) {
    do throws(ModelConfigurationError) {
      return (try KeyFile.read(path, of: name), nil)
    } catch {
      if keys == .required { throw error }
      return (nil, .unusable(error))
    }
  }

  /// All that may hold a key, also while another one is used.
  private func keyVariables() throws(ModelConfigurationError) -> [String] {
    ([try members?.string("key_env")].compactMap { $0 }) + (template?.keyVariables ?? [])
  }

  /// A relative path is beside the configuration.
  private func besideFile(_ file: String) -> String {
    guard file.utf8.first != UInt8(ascii: "/"), let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      return file
    }
    return "\(path[...slash])\(file)"
  }

  // MARK: Headers and time-outs

  private func headers() throws(ModelConfigurationError) -> [HTTPHeader] {
    guard let value = members?.value["headers"] else { return [] }
    guard let fields = value.members else { throw wrong("has to be an object", "headers") }
    var headers: [HTTPHeader] = []
    for (field, value) in fields {
      guard HTTPHeader.isName(field), let text = value.string, HTTPHeader.isValue(text) else {
        throw wrong("has to hold printable ASCII by names of headers", "headers")
      }
      guard !ProviderReader.forbiddenHeaders.contains(field.lowercased()) else {
        throw ModelConfigurationError(
          problem: "\(path): providers.\(name).headers may not have '\(field)'.",
          remedy: "Name the key by \"key_env\" or \"key_file\"; the rest of such headers is set by the client.")
      }
      headers.append(HTTPHeader(name: field, value: text))
    }
    return headers
  }

  private func timeouts() throws(ModelConfigurationError) -> Provider.Timeouts {
    var timeouts = Provider.Timeouts()
    guard let value = members?.value["timeouts"] else { return timeouts }
    let reader = try MemberReader(
      value, at: "providers.\(name).timeouts", in: path,
      known: ["connect_ms", "first_byte_ms", "idle_ms", "total_ms"])
    timeouts.connectMs = try milliseconds("connect_ms", reader) ?? timeouts.connectMs
    timeouts.firstByteMs = try milliseconds("first_byte_ms", reader) ?? timeouts.firstByteMs
    timeouts.idleMs = try milliseconds("idle_ms", reader) ?? timeouts.idleMs
    timeouts.totalMs = try milliseconds("total_ms", reader) ?? timeouts.totalMs
    return timeouts
  }

  private func milliseconds(_ name: String, _ reader: MemberReader) throws(ModelConfigurationError) -> Int64? {
    guard let value = reader.value[name] else { return nil }
    let range = ModelAPILimits.configuredMs
    guard let number = value.int, range.contains(number) else {
      throw reader.wrong("has to be a whole number from \(range.lowerBound) to \(range.upperBound)", name)
    }
    return number
  }

  private func wrong(_ what: String, _ member: String? = nil) -> ModelConfigurationError {
    let subject = member.map { "providers.\(name).\($0)" } ?? "providers.\(name)"
    return ModelConfigurationError(problem: "\(path): \(subject) \(what).", remedy: "Mend it in the file.")
  }
}
