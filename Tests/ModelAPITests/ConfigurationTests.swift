import FileSystem
import Glibc
import HTTPTransport
import JobModel
import Testing
import TestSupport

@testable import ModelAPI

struct ModelNameTests {
  @Test(arguments: [
    ("openai/gpt-5-mini", "openai", "gpt-5-mini"),
    ("openrouter/meta-llama/llama-4:free", "openrouter", "meta-llama/llama-4:free"),
    ("my.server_2-x/m", "my.server_2-x", "m"),
  ])
  func `a provider, a slash, and what the provider calls the model`(text: String, provider: String, model: String)
    throws
  {
    let name = try ModelName(parsing: text)
    #expect(name.provider == provider && name.model == model && name.description == text)
  }

  @Test(arguments: [
    "", "gpt-5", "offline", "offline/x", "/x", "openai/", "OpenAI/x", "-a/x", "open ai/x", "openai/a b", "openai/ü",
    "a/\n",
    "openai/" + String(repeating: "x", count: 129), String(repeating: "x", count: 33) + "/y",
  ])
  func `anything else is refused, with what a name looks like`(text: String) {
    let error = #expect(throws: ModelConfigurationError.self) { try ModelName(parsing: text) }
    #expect(error?.remedy.contains("PROVIDER/MODEL") == true)
  }
}

struct BaseURLTests {
  @Test(arguments: [
    ("https://api.openai.com/v1/", "https://api.openai.com/v1", "api.openai.com"),
    ("HTTP://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1"), ("http://[::1]:1/x", "http://[::1]:1/x", "[::1]"),
  ])
  func `a server's address`(text: String, normal: String, host: String) throws {
    let url = try #require(BaseURL(text))
    #expect(url.description == normal && url.host == host)
  }

  @Test(arguments: [
    "", "api.openai.com", "ftp://x/y", "https://", "https:///x", "https://user:key@host/", "https://host?key=1",
    "https://host/#a",
    "https://host:0/", "https://host:99999/", "https://ho st/", "https://host/a b", "https://höst/",
    "https://host\\@evil/", "file:///etc",
  ])
  func `anything in which a key could hide is none`(text: String) {
    #expect(BaseURL(text) == nil)
  }

  @Test(arguments: [
    ("http://127.0.0.1", true), ("http://127.9.8.7:1", true), ("http://localhost:1", true), ("http://[::1]/", true),
    ("http://127.evil.com", false), ("http://127.0.0.1.evil.com", false), ("http://localhost.evil.com", false),
    ("http://10.0.0.1", false), ("http://127.0.0", false),
  ])
  func `this machine is known by its addresses alone`(text: String, isLoopback: Bool) {
    #expect(BaseURL(text)?.isLoopback == isLoopback)
  }
}

struct ConfigurationTests {
  private func table(_ text: String?, _ environment: [String: String] = [:]) throws -> ProviderTable {
    try ProviderTable(parsing: text.map { Array($0.utf8) }, path: "models.json", environment: environment)
  }

  @Test func `without a file there are the built-in providers, which want their keys`() throws {
    let table = try table(nil, ["OPENAI_API_KEY": " sk-test-1234\n"])
    #expect(table.providers.keys.sorted() == ["anthropic", "gemini", "ollama", "openai", "openrouter"])
    #expect(table.defaultModels.isEmpty)
    let openai = try table.provider(of: ModelName(parsing: "openai/x"))
    #expect(openai.baseURL.description == "https://api.openai.com/v1" && openai.api == .chat)
    try #expect(table.provider(of: ModelName(parsing: "ollama/x")).account == "ollama:anonymous")
    // Its models run here, and so they are in no budget's way; elsewhere somebody may charge for them.
    try #expect(table.prices.price(of: ModelName(parsing: "ollama/x"))?.rates == PriceTable.Rates(input: 0, output: 0))
    let text = #"{"providers": {"ollama": {"base_url": "https://models.example.org/v1"}}}"#
    let elsewhere = try ProviderTable(parsing: Array(text.utf8), environment: [:])
    try #expect(elsewhere.prices.price(of: ModelName(parsing: "ollama/x")) == nil)
    let error = #expect(throws: ModelConfigurationError.self) {
      try table.provider(of: ModelName(parsing: "anthropic/x"))
    }
    #expect(error?.remedy.contains("ANTHROPIC_API_KEY") == true)
  }

  @Test func `a provider of one's own, and a built-in one that is changed in part`() throws {
    let table = try table(
      """
      {"providers": {
        "mine": {"api": "responses", "base_url": "http://127.0.0.1:9/v1", "headers": {"X-Team": "docs"}, "image_api": "chat",
          "timeouts": {"connect_ms": 100, "first_byte_ms": 200, "idle_ms": 300, "total_ms": 400}, "ca_file": "/ca.pem",
          "prices": {"m": {"input": "0.5", "output": "1", "date": "2026-11-01"}}},
        "openai": {"key_env": "OTHER"}},
       "default": ["mine/m", "openai/gpt-5"], "prices": {"openai/gpt-5": {"per_image": "0.04"}}}
      """, ["OTHER": "sk-other"])
    let mine = try table.provider(of: ModelName(parsing: "mine/m"))
    #expect(
      mine.api == .responses && mine.imageAPI == .chat
        && mine.headers == [HTTPHeader(name: "X-Team", value: "docs")])
    #expect(mine.timeouts.connectMs == 100 && mine.timeouts.firstByteMs == 200)
    #expect(mine.timeouts.idleMs == 300 && mine.timeouts.totalMs == 400 && mine.caFile == "/ca.pem")
    try #expect(table.provider(of: ModelName(parsing: "openai/x")).baseURL.description == "https://api.openai.com/v1")
    #expect(table.defaultModels.map(\.description) == ["mine/m", "openai/gpt-5"])
    #expect(table.prices.price(of: try ModelName(parsing: "mine/m"))?.rates.input == 500_000)
    #expect(table.prices.price(of: try ModelName(parsing: "mine/m"))?.source == "models.json")
    #expect(table.prices.price(of: try ModelName(parsing: "openai/gpt-5"))?.perImage == 40_000_000_000)
    #expect(table.prices.price(of: try ModelName(parsing: "openai/gpt-4.1")) != nil)
  }

  @Test(arguments: [
    ("{", "no JSON", ""), ("[]", "the configuration has to be an object", ""),
    (
      #"{"provider": {}}"#, "models.json: the configuration has the member 'provider', which nobody knows",
      "Do you mean 'providers'? There are: default, prices, providers."
    ),
    (#"{"zzzzzzzz": {}}"#, "zzzzzzzz", "There are: default, prices, providers."),
    (#"{"providers": {"openai": {"base_uri": "x"}}}"#, "base_uri", "Do you mean 'base_url'?"),
    (#"{"providers": {"openai": {"api": "grpc"}}}"#, "\"grpc\"", ""),
    (#"{"providers": {"mine": {"api": "chat"}}}"#, "base_url", ""),
    (#"{"providers": {"mine": {"base_url": "https://x"}}}"#, "\"api\"", ""),
    (#"{"providers": {"My": {}}}"#, "'My' cannot be the name", ""), (#"{"providers": {"offline": {}}}"#, "offline", ""),
    (#"{"providers": {"openai": {"base_url": "https://k@x"}}}"#, "base_url", "https://HOST"),
    (#"{"providers": {"openai": {"key_env": "A", "key_file": "b"}}}"#, "both", ""),
    (#"{"providers": {"openai": {"headers": {"Authorization": "Bearer x"}}}}"#, "Authorization", "key_env"),
    (#"{"providers": {"openai": {"headers": {"X": "a\nb"}}}}"#, "headers", ""),
    (#"{"providers": {"openai": {"headers": {"X Y": "a"}}}}"#, "headers", ""),
    (#"{"providers": {"openai": {"timeouts": {"idle": 1}}}}"#, "'idle'", "idle_ms"),
    (#"{"providers": {"openai": {"timeouts": {"idle_ms": 5}}}}"#, "idle_ms", ""),
    (#"{"default": "openai/x"}"#, "default", ""), (#"{"default": ["openai"]}"#, "no slash", "PROVIDER/MODEL"),
    (#"{"default": ["opnai/x"]}"#, "opnai", "Do you mean 'openai'?"),
    (#"{"prices": {"openai/x": {"input": 1}}}"#, "input", ""),
    (#"{"prices": {"openai/x": {"input": "1"}}}"#, "output", ""),
    (#"{"prices": {"openai/x": {"input": "1.0000001", "output": "1"}}}"#, "input", ""),
    (#"{"prices": {"x": {}}}"#, "no slash", ""),
  ])
  func `what is wrong is told once, with what to do`(text: String, problem: String, remedy: String) {
    let error = #expect(throws: ModelConfigurationError.self) { try table(text, ["OPENAI_API_KEY": "sk-hidden"]) }
    #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    #expect(error?.remedy.contains(remedy) == true, "\(String(describing: error))")
    #expect(error?.description.contains("sk-hidden") == false)
  }

  @Test func `a key never goes over plain HTTP to another machine`() throws {
    let text = #"{"providers": {"openai": {"base_url": "http://example.com/v1"}}}"#
    let error = #expect(throws: ModelConfigurationError.self) { try table(text, ["OPENAI_API_KEY": "sk-hidden"]) }
    #expect(error?.problem.contains("plain HTTP") == true)
    #expect(throws: Never.self) { try table(text) }
    #expect(throws: Never.self) {
      try table(#"{"providers": {"openai": {"base_url": "http://127.0.0.1:1/v1"}}}"#, ["OPENAI_API_KEY": "sk-hidden"])
    }
  }

  @Test func `a variable that cannot be a key is refused without being shown`() {
    let error = #expect(throws: ModelConfigurationError.self) { try table(nil, ["OPENAI_API_KEY": "sk hidden"]) }
    #expect(error?.problem.contains("OPENAI_API_KEY") == true && error?.description.contains("hidden") == false)
  }

  @Test func `the word for no model is no default`() throws {
    try #expect(table(#"{"default": ["offline"]}"#).defaultModels.isEmpty)
  }

  // MARK: Files

  private func withKeyFile(_ mode: mode_t, _ content: String, _ body: (String, String) throws -> Void) throws {
    try withDirectory { directory in
      try FileTree.writeAtomically("\(directory)/key", Array(content.utf8), mode: mode)
      chmod("\(directory)/key", mode)
      try body(directory, #"{"providers": {"openai": {"key_file": "key"}}}"#)
    }
  }

  private func key(_ text: String, in directory: String) throws -> Secret? {
    try ProviderTable(parsing: Array(text.utf8), path: "\(directory)/models.json", environment: [:]).providers[
      "openai"]?.key
  }

  @Test func `a key file beside the configuration`() throws {
    try withKeyFile(0o600, "sk-of-a-file\n") { directory, text in
      let expected = Secret("sk-of-a-file")?.fingerprint
      try #expect(key(text, in: directory)?.fingerprint == expected)
    }
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o602] as [mode_t])
  func `a key file that others can read or change is not used`(mode: mode_t) throws {
    try withKeyFile(mode, "sk-of-a-file") { directory, text in
      let error = #expect(throws: ModelConfigurationError.self) { try key(text, in: directory) }
      #expect(error?.problem.contains(String(mode, radix: 8)) == true)
      #expect(error?.remedy.contains("chmod 600") == true)
      #expect(error?.description.contains("sk-of") == false)
    }
  }

  @Test(arguments: ["", "\n", "two words", "two\nlines", "ü"])
  func `a key file that holds no key is not used`(content: String) throws {
    try withKeyFile(0o600, content) { directory, text in
      #expect(throws: ModelConfigurationError.self) { try key(text, in: directory) }
    }
  }

  @Test func `a key file that is missing, or no file, is told`() throws {
    try withDirectory { directory in
      for name in ["nothing", "."] {
        let text = "{\"providers\": {\"openai\": {\"key_file\": \"\(name)\"}}}"
        let error = try #require(throws: ModelConfigurationError.self) { try key(text, in: directory) }
        #expect(error.problem.hasPrefix("The provider 'openai' has no key: cannot "))
        let others = try ProviderTable(
          parsing: Array(text.utf8), path: "\(directory)/models.json", environment: [:], keys: .optional)
        #expect(others.providers["openai"]?.keyFileError == error)
        #expect(throws: error) { try others.provider(of: ModelName(parsing: "openai/x")) }
      }
    }
  }

  @Test func `where the configuration is looked for`() throws {
    try withDirectory { directory in
      try FileTree.makeDirectories("\(directory)/home/.config/genbroker")
      try FileTree.makeDirectories("\(directory)/xdg/genbroker")
      let write = { (path: String, provider: String) throws in
        let text = "{\"providers\": {\"\(provider)\": {\"api\": \"chat\", \"base_url\": \"http://localhost\"}}}"
        try FileTree.writeAtomically("\(directory)/\(path)", Array(text.utf8))
      }
      try write("home/.config/genbroker/models.json", "of-home")
      try write("xdg/genbroker/models.json", "of-xdg")
      try write("named.json", "of-name")
      var environment = ["HOME": "\(directory)/home"]
      try #expect(ProviderTable.load(environment: environment).providers["of-home"] != nil)
      environment["XDG_CONFIG_HOME"] = "relative"
      try #expect(ProviderTable.load(environment: environment).providers["of-home"] != nil)
      environment["XDG_CONFIG_HOME"] = "\(directory)/xdg"
      try #expect(ProviderTable.load(environment: environment).providers["of-xdg"] != nil)
      environment["GENBROKER_MODELS"] = "\(directory)/named.json"
      try #expect(ProviderTable.load(environment: environment).providers["of-name"] != nil)
    }
  }

  @Test func `only a file that somebody has named must be there`() throws {
    #expect(throws: Never.self) { try ProviderTable.load(environment: ["HOME": "/nowhere"]) }
    #expect(throws: Never.self) { try ProviderTable.load(environment: [:]) }
    let error = #expect(throws: ModelConfigurationError.self) {
      try ProviderTable.load(environment: ["GENBROKER_MODELS": "/nowhere/models.json"])
    }
    #expect(error?.remedy.contains("GENBROKER_MODELS") == true)
  }
}

struct SecretTests {
  private let text = "sk-very-secret-1234567890"

  @Test func `a key has no printable form`() throws {
    let secret = try #require(Secret(text))
    var dumped = ""
    dump(secret, to: &dumped)
    let provider = try #require(
      try ProviderTable(parsing: nil, environment: ["OPENAI_API_KEY": text]).providers["openai"])
    var whole = ""
    dump(provider, to: &whole)
    for printed in ["\(secret)", String(reflecting: secret), String(describing: secret), dumped, "\(provider)", whole] {
      #expect(!printed.contains("very-secret"), "\(printed)")
    }
  }

  @Test func `an account is told by a digest of its key`() throws {
    let table = { (key: String) in try ProviderTable(parsing: nil, environment: ["OPENAI_API_KEY": key]) }
    let account = try table(text).providers["openai"]?.account
    // The first digits that sha256sum(1) prints.
    try #expect(table("abc").providers["openai"]?.account == "openai:ba7816bf")
    #expect(account != "openai:ba7816bf" && account?.utf8.count == "openai:".utf8.count + 8)
  }

  @Test(arguments: ["", " ", "a b", "a\nb", "ü", "a\u{0}b", String(repeating: "x", count: 4097)])
  func `what no header can carry is no key`(text: String) {
    #expect(Secret(text) == nil)
  }
}
