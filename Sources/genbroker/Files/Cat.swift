import BrokerClient
import CommandLine
import Wire

/// `genbroker cat`
struct Cat: Command {
  static let about = About(
    "cat", "Write a file of a job to standard output.",
    discussion: """
      It is the current file of the job's project, which several jobs may share; 'genbroker files --all-versions' shows \
      the others.

      On a terminal, control characters are shown instead of obeyed, and what is no text is refused.
      """)

  @Option("--file-version N", "This version instead of the current one.", in: 1...Int.max) var version: Int?
  @Group var file: FileArguments
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let number = try await broker.number(of: file.job)
    guard context.output.terminal.isTerminal else {
      _ = try await broker.download(job: number, path: file.path, version: version) { context.output.write($0) }
      return .done
    }
    var bytes: [UInt8] = []
    _ = try await broker.download(job: number, path: file.path, version: version) { bytes += $0 }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError(
        "'\(file.path)' is not text", remedy: "write it to a file: genbroker cat \(number) '\(file.path)' > FILE",
        exitCode: .usage)
    }
    context.output.write(visible(text, keepingLines: true))
    return .done
  }
}
