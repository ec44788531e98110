package import HTTPTransport
import JobModel

/// Whom to ask, how, and with which key.
package struct Provider: Sendable {
  /// The words in which a provider is spoken to.
  package enum API: String, Sendable, CaseIterable {
    /// OpenAI Chat Completions, which most other servers speak as well.
    case chat
    /// OpenAI Responses.
    case responses
    /// Anthropic Messages.
    case anthropic
    /// Gemini `generateContent`.
    case gemini
  }

  /// How images are made by a provider whose ``API`` is `chat` or `responses`. Gemini makes them in its own way,
  /// Anthropic makes none.
  package enum ImageAPI: String, Sendable, CaseIterable {
    /// `POST /images/generations`.
    case images
    /// Chat with the modality `image`.
    case chat
  }

  /// How long to wait, in ms; see ``ModelAPILimits``.
  package struct Timeouts: Sendable, Equatable {
    package var connectMs = ModelAPILimits.connectMs
    package var firstByteMs = ModelAPILimits.firstByteMs
    package var idleMs = ModelAPILimits.idleMs
    package var totalMs = ModelAPILimits.totalMs

    package init() {}
  }

  /// As in a ``ModelName``.
  package let name: String
  package var api: API
  package var imageAPI: ImageAPI
  /// Without a slash at its end; requests go to paths below it.
  package var baseURL: BaseURL
  /// `nil` when there is none.
  package var key: Secret?
  /// Where a key is expected and none was found: what to do about it. `nil` when the provider needs no key.
  package var missingKeyRemedy: String?
  /// What is wrong with its key file; with such a provider nobody is called.
  package var keyFileError: ModelConfigurationError?
  /// The variables of the environment that may hold its key.
  package var keyVariables: [String] = []
  /// Sent with every request, after the headers that the API wants.
  package var headers: [HTTPHeader]
  package var timeouts: Timeouts
  /// Certificates that are trusted instead of the system's (PEM), for servers of one's own.
  package var caFile: String?

  /// Names the account whose limits and money a call uses, without the key: `openai:1a2b3c4d`, or `ollama:anonymous`
  /// without a key. Calls of one account share its rate limits.
  package var account: String { "\(name):\(key?.fingerprint ?? "anonymous")" }
}
