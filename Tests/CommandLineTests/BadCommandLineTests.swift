import CommandLine
import Testing

@Suite struct `Bad command lines` {
  @Test func `each gets its one error of two lines`() throws {
    var session = ""
    for line in badLines {
      guard case .refuse(let error, let name) = sample.parse(words(line)) else {
        Issue.record("accepted: \(line)")
        continue
      }
      let rendered = error.rendered(command: name)
      #expect(rendered.split(separator: "\n").count == 2, "\(line)")
      #expect(error.exitCode == .usage)
      session += "$ genbroker \(visible(line))\n\(rendered)\n"
    }
    try expectSnapshot(session, named: "errors.txt")
  }

  @Test func `a value from the environment is named by its variable`() {
    let error = refusal(environmental.parse([], environment: ["GENWORKER_SLOTS": "many"]))
    #expect(error?.message == "'GENWORKER_SLOTS=many': not a whole number")
  }

  @Test func `a program that does one thing speaks of itself`() {
    #expect(
      refusal(single.parse([]))?.rendered(command: "genworker")
        == "genworker: missing option '--kind KIND'\n  usage: genworker [OPTION]… --kind KIND\n")
    #expect(refusal(single.parse(["work", "--kind", "x"]))?.message == "unexpected argument 'work'")
    #expect(refusal(single.parse(["--kind=x", "-c0"]))?.message == "'-c0': out of range")
  }

  @Test func `an enormous argument costs no enormous time and is not repeated to suggest something`() {
    let long = "--" + String(repeating: "k", count: 1_000_000)
    #expect(refusal(sample.parse(["submit", long]))?.remedy == "'genbroker submit --help' lists all")
  }

  private let environmental = Program<SampleContext>(only: Environmental.self, version: "1")
}

struct Environmental: Command {
  static let about = About("genworker", "Reads a variable.")
  @Option("--slots N", "How many.", environment: "GENWORKER_SLOTS") var slots = 1
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}

/// The error, if the line is refused.
func refusal(_ invocation: Invocation<SampleContext>) -> UserError? {
  guard case .refuse(let error, _) = invocation else { return nil }
  return error
}

/// One for each thing that can be wrong, and for each place where it can be.
private let badLines = [
  "sumbit a.bpmn",
  "frobnicate",
  "--socket /tmp/s submit a",
  "submit --kinds docs a",
  "submit --knd docs a",
  "submit --frobnicate a",
  "submit -x a",
  "submit -wx a",
  "submit -kind docs a",
  "submit -wait a",
  "submit --kind",
  "submit --kind --wait a",
  "submit -k -w a",
  "submit --kind -- a",
  "submit -wk",
  "submit --wait=yes a",
  "submit --json=1 a",
  "submit --kind docs --kind tests a",
  "serve --workers docs=1 --workers tests=2",
  "serve --workers docs=1 --workers docs=1",
  "submit -k docs --kind=tests a",
  "submit -w --wait a",
  "submit -ww a",
  "submit --priority abc a",
  "submit -p 101 a",
  "submit --priority=-101 a",
  "submit -p 99999999999999999999 a",
  "submit --priority 5.5 a",
  "submit --priority= a",
  "submit --label team a",
  "submit --label =docs a",
  "submit --deadline 30 a",
  "submit --deadline soon a",
  "submit --deadline 5min a",
  "submit --deadline 0s a",
  "submit --deadline 99999999999999d a",
  "submit --deadline -5s a",
  "submit --limit 64KIB a",
  "submit --limit big a",
  "submit --limit 1.5MiB a",
  "submit --reuse unchangd a",
  "submit --reuse everything a",
  "submit",
  "show",
  "show 7 8",
  "wait",
  "wait -t 5 7",
  "export 7",
  "export -o out",
  "export -o out 7 ** extra",
  "collection",
  "collection ad x",
  "collection --wait",
  "collection add",
  "--verison",
  "--socket",
  "--strore x",
  "-z",
  "help sumbit",
  "help collection ad",
  "--completions",
  "--completions ksh",
  "serve now",
  "debug-dmp",
  "--wait",
  "submit --trac x f",
  "submit --traec x f",
  "submit --Kind docs f",
  "submit --kind=docs --=x f",
  "submit ---kind docs f",
  "help submit extra",
  "collection help nothing",
  "-- a",
  "submit \u{1B}[31m --red\u{07} x",
  "show ‮evil x\ty",
  "submit —wait a",
  "submit -kind=x a",
  "wait --timeout 1,5s 7",
  "submit --limit 99999999TiB a",
  "collection help add x",
  "--kind docs a.bpmn",
]
