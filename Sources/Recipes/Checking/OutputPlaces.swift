import JobModel

/// Which paths are taken by the outputs of tasks: a file is made once, and is no directory of another.
struct OutputPlaces<Maker> {
  /// What stands in the way of one more output.
  enum Clash {
    /// It is made by this one already.
    case twice(Maker)
    /// The path would be a file and a directory; the other one of the two makers.
    case fileAndDirectory(ResultPath, Maker)
  }

  private var makers: [ResultPath: Maker] = [:]
  /// The directories of these paths, and one of those that make files in each.
  private var directories: [ResultPath: Maker] = [:]

  /// Notes an output.
  ///
  /// - Returns: what stands in its way, if something does.
  mutating func take(_ path: ResultPath, by maker: Maker) -> Clash? {
    if let other = makers.updateValue(maker, forKey: path) { return .twice(other) }
    if let other = directories[path] { return .fileAndDirectory(path, other) }
    for directory in path.directories {
      if let other = makers[directory] { return .fileAndDirectory(directory, other) }
      directories[directory] = maker
    }
    return nil
  }
}
