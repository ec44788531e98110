import BrokerClient
import CommandLine
import Wire

/// `genbroker diff`
struct Diff: Command {
  static let about = About(
    "diff", "Show what has changed between two versions of a file.",
    discussion: """
      Without options the current version is compared with the one before it. The output is that of 'diff -u'. Of what is \
      no text it is said only whether it differs. 'genbroker history' lists the versions.
      """)

  @Option("--from N", "The older version.", in: 1...Int.max) var from: Int?
  @Option("--to N", "The newer version.", in: 1...Int.max) var to: Int?
  @Group var file: FileArguments
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let number = try await broker.number(of: file.job)
    let (from, to) = try DiffChoice(from: from, to: to).versions(
      of: try await broker.history(of: file.path, job: number), path: file.path)
    let (old, new) = (Label(number, from), Label(number, to))
    if from.file.sha256 == to.file.sha256 {
      context.say("\(old.text) and \(new.text) have the same bytes")
      return .done
    }
    guard let before = try await text(old, broker), let after = try await text(new, broker) else {
      context.output.print(StyledText("\(old.text) and \(new.text) differ, and are not both text"))
      return .done
    }
    context.output.print(diffLines(UnifiedDiff(before, after), from: old.text, to: new.text))
    return .done
  }

  /// A version, and its name for people.
  private struct Label {
    let job: Int
    let file: FilesAPI.File
    var text: String { "\(file.path) (version \(file.version), job \(file.job))" }

    init(_ job: Int, _ version: FilesAPI.Version) { (self.job, file) = (job, version.file) }
  }

  /// - Returns: nil for what is no text.
  private func text(_ label: Label, _ broker: BrokerConnection) async throws -> String? {
    var bytes: [UInt8] = []
    _ = try await broker.download(job: label.job, path: label.file.path, version: label.file.version) { bytes += $0 }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// Which two versions are compared.
struct DiffChoice {
  let from: Int?
  let to: Int?

  /// - parameter history: newest first.
  func versions(of history: [FilesAPI.Version], path: String) throws -> (from: FilesAPI.Version, to: FilesAPI.Version) {
    let newer =
      try to.map { try version($0, history, path) } ?? history.first { $0.standing == .current } ?? history.first
    guard let newer else {
      throw UserError("'\(path)' has no version", remedy: "look at 'genbroker files'", exitCode: .usage)
    }
    if let from { return (try version(from, history, path), newer) }
    // What came too late was never the current version.
    guard let older = history.first(where: { $0.file.version < newer.file.version && $0.standing != .late }) else {
      throw UserError(
        "'\(path)' has no version before version \(newer.file.version)",
        remedy: "'genbroker history JOB PATH' lists them; name two with --from and --to", exitCode: .usage)
    }
    return (older, newer)
  }

  private func version(_ number: Int, _ history: [FilesAPI.Version], _ path: String) throws -> FilesAPI.Version {
    guard let found = history.first(where: { $0.file.version == number }) else {
      throw UserError(
        "'\(path)' has no version \(number)", remedy: "'genbroker history JOB PATH' lists them", exitCode: .usage)
    }
    return found
  }
}

/// The lines of `genbroker diff`. Control characters are shown instead of obeyed.
func diffLines(_ diff: UnifiedDiff, from old: String, to new: String) -> [StyledText] {
  var lines = [StyledText("--- \(old)", .bold), StyledText("+++ \(new)", .bold)]
  for hunk in diff.hunks {
    lines.append(StyledText(hunk.header, .cyan))
    for line in hunk.lines {
      let paint: Paint? =
        switch line {
        case .same: nil
        case .removed: .red
        case .added: .green
        }
      // A last line without an end has a remark below it.
      lines += line.text.split(separator: "\n", omittingEmptySubsequences: false).map { StyledText(String($0), paint) }
    }
  }
  return lines
}
