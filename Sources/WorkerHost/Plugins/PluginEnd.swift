import EventLoop

/// How a plugin process came to its end.
struct PluginEnd: Equatable {
  enum Cause: Equatable {
    /// It ended, whether it should or not.
    case ownAccord
    /// It could not be started, or not as the protocol wants it.
    case badStart(String)
    /// It broke the protocol.
    case broken(String)
    /// It did not read.
    case stuck
    /// The task was taken from it.
    case stopped

    /// The same before it has introduced itself.
    var atStart: Cause {
      switch self {
      case .badStart, .stopped: self
      case .ownAccord: .badStart("it ended before it answered 'initialize'")
      case .broken(let what): .badStart("it broke the protocol: \(what)")
      case .stuck: .badStart("it does not read")
      }
    }
  }

  var cause: Cause
  var outcome: ChildProcess.Outcome
  /// The last lines of its standard error.
  var lastWords: [String]

  /// `the plugin exited with code 3`
  var inWords: String {
    switch outcome {
    case .exited(let code): "exited with code \(code)"
    case .killed(let signal): "was killed by signal \(signal)"
    }
  }

  /// What it means for the task that was being done.
  var failure: TaskFailure {
    let message: String
    switch cause {
    case .badStart(let why):
      return TaskFailure("plugin_start", "the plugin could not be started: \(why)" + lastWordsInWords)
    case .broken(let what):
      return TaskFailure("plugin_protocol", "the plugin broke the protocol: \(what)" + lastWordsInWords)
    case .stuck:
      return TaskFailure("plugin_stuck", "the plugin did not read what it had asked for" + lastWordsInWords)
    case .stopped: message = "the plugin was stopped"
    case .ownAccord: message = "the plugin \(inWords) without an answer"
    }
    return TaskFailure("plugin_crash", message + lastWordsInWords, isCrash: true)
  }

  /// On lines of their own, so that the first line alone says what happened.
  var lastWordsInWords: String { Self.words(lastWords) }

  static func words(_ lastWords: [String]) -> String {
    lastWords.isEmpty ? "" : "\nits last words:\n" + lastWords.joined(separator: "\n")
  }
}
