import ModelAPI

extension ProviderTable.Source {
  /// What somebody has to know of it who misses something in it: the file may say something else by now.
  var reading: String {
    switch self {
    case .file(let path):
      "This worker has read its configuration from '\(path)' when it started; if that was changed since, start it again"
    case .missing(let path):
      "This worker found no configuration at '\(path)' when it started; if there is one now, start it again"
    case .given: "This worker has read its configuration when it started; if that was changed since, start it again"
    }
  }
}
