extension Provider {
  /// What is known of a provider before keys are looked for.
  struct Template {
    var api: API
    var imageAPI: ImageAPI
    var baseURL: String
    /// The environment variables that may hold its key, in the order in which they are asked.
    var keyVariables: [String]
  }

  /// The provider whose models run on this machine, and cost nothing there.
  static let ownModels = "ollama"

  /// The providers that need no configuration but a key.
  static let builtIn: [String: Template] = [
    "openai": Template(
      api: .chat, imageAPI: .images, baseURL: "https://api.openai.com/v1", keyVariables: ["OPENAI_API_KEY"]),
    "openrouter": Template(
      api: .chat, imageAPI: .chat, baseURL: "https://openrouter.ai/api/v1", keyVariables: ["OPENROUTER_API_KEY"]),
    "anthropic": Template(
      api: .anthropic, imageAPI: .images, baseURL: "https://api.anthropic.com", keyVariables: ["ANTHROPIC_API_KEY"]),
    "gemini": Template(
      api: .gemini, imageAPI: .chat, baseURL: "https://generativelanguage.googleapis.com/v1beta",
      keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    ownModels: Template(
      api: .chat, imageAPI: .images, baseURL: "http://127.0.0.1:11434/v1", keyVariables: []),
  ]
}
