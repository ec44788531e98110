#if canImport(Glibc)
  import Glibc
#endif

/// The `main` of a plugin.
public enum Plugin {
  /// Serves the host on standard input and output until it says `shutdown` or goes away, then exits.
  ///
  /// The streams are taken over first: what the program prints goes to standard error, which is the log of the task, and
  /// cannot corrupt the protocol; reading standard input finds nothing.
  ///
  /// With arguments, which no host gives, it tells what it is (`--help`, `--version`) and exits.
  public static func run(_ generator: some Generator) -> Never {
    if let introduction = Introduction(CommandLine.arguments.dropFirst(), of: generator) {
      let output = introduction.exitCode == 0 ? STDOUT_FILENO : STDERR_FILENO
      let bytes = Array((introduction.text + "\n").utf8)
      _ = write(output, bytes, bytes.count)
      exit(introduction.exitCode)
    }
    do {
      let channel = try StandardStreams()
      var session = PluginSession(generator, channel)
      try session.run()
      exit(0)
    } catch {
      print("\(generator.kind) plugin: \(error)")
      exit(1)
    }
  }
}
