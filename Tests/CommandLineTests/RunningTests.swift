import CommandLine
import Synchronization
import Testing

@Suite struct `Running a command line` {
  @Test(arguments: [
    ("--version", ExitCode.done, "probe 1\n", ""),
    ("succeed", .done, "", ""),
    ("fail", .failed, "", ""),
    ("throw user", .noBroker, "", "probe throw: no broker\n  start one\n"),
    ("throw usage", .usage, "", "probe throw: bad pair\n  'probe throw --help' tells what is possible\n"),
    ("throw known", .refused, "", "probe throw: known\n  ask its owner\n"),
    (
      "throw other", .internalError, "",
      "probe throw: internal error: other\n  this is a fault of the program; please report it with the command line\n"
    ),
    ("throw", .usage, "", "probe throw: missing WHAT\n  usage: probe throw WHAT\n"),
    ("", .usage, "", "probe: missing command\n  'probe --help' lists all\n"),
  ])
  func `ends with its code and prints where it should`(line: String, code: ExitCode, output: String, errors: String)
    async
  {
    let recorder = Recorder()
    let console = Console(output: { recorder.output($0) }, errors: { recorder.errors($0) })
    let ended = await program.run(words(line), environment: [:], context: SampleContext(), console: console) { error in
      error as? Thrown == .known ? UserError("known", remedy: "ask its owner", exitCode: .refused) : nil
    }
    #expect(ended == code)
    #expect(recorder.written == [output, errors])
  }

  @Test func `the exit codes are the documented ones`() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5])
  }

  @Test func `an error never has more than two lines, whatever is in it`() {
    let error = UserError("a\nb\u{1B}[2J", remedy: String(repeating: "x", count: 1_000_000), exitCode: .failed)
    let lines = error.rendered(command: "p\n", style: .colored).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first == "\u{1B}[1mp\\n:\u{1B}[0m a\\nb\\e[2J")
    #expect(lines.last.map { $0.count < 3000 && $0.hasSuffix("…") } == true)
  }

  private let program = Program<SampleContext>(
    About("probe", "Ends in every way."), version: "1",
    [CommandSection("Commands", [.command(Succeed.self), .command(Fail.self), .command(Throw.self)])])
}

private final class Recorder: Sendable {
  private let texts = Mutex(["", ""])
  var written: [String] { texts.withLock { $0 } }
  func output(_ text: String) { texts.withLock { $0[0] += text } }
  func errors(_ text: String) { texts.withLock { $0[1] += text } }
}

private enum Thrown: Error {
  case known, other
}

private struct Succeed: Command {
  static let about = About("succeed", "Ends well.")
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}

private struct Fail: Command {
  static let about = About("fail", "Says that the job failed.")
  func run(_ context: SampleContext) async throws -> ExitCode { .failed }
}

private struct Throw: Command {
  static let about = About("throw", "Ends with an error.")
  @Argument("WHAT", "Which.") var what: String
  func run(_ context: SampleContext) async throws -> ExitCode {
    switch what {
    case "user": throw UserError("no broker", remedy: "start one", exitCode: .noBroker)
    case "usage": throw UsageError("bad pair")
    case "known": throw Thrown.known
    default: throw Thrown.other
    }
  }
}
