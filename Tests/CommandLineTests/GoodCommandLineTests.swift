import CommandLine
import Testing

@Suite struct `Good command lines` {
  @Test func `every way of writing an option gives the same command`() throws {
    let same = [
      "submit --kind docs --priority 5 --wait --quiet a.bpmn",
      "submit --kind=docs --priority=5 --quiet --wait a.bpmn",
      "submit -k docs -p 5 -w -q a.bpmn",
      "submit -kdocs -p5 -wq a.bpmn",
      "submit -k=docs -wqp 5 a.bpmn",
      "submit a.bpmn -wqp=5 --kind docs",
      "submit --wait --quiet --kind docs -p5 -- a.bpmn",
    ]
    for line in same {
      let submit = try parsed(Submit.self, line)
      #expect(submit.kind == "docs", "\(line)")
      #expect(submit.priority == 5, "\(line)")
      #expect(submit.wait && submit.quiet, "\(line)")
      #expect(submit.files == ["a.bpmn"], "\(line)")
    }
  }

  @Test func `what is not given has its default`() throws {
    let submit = try parsed(Submit.self, "submit a.bpmn")
    #expect(submit.kind == nil && submit.priority == 0 && submit.labels.isEmpty && !submit.wait)
    #expect(submit.deadline == Milliseconds(300_000) && submit.limit == ByteSize(65536) && submit.reuse == .unchanged)
    #expect(submit.connection.socket == nil && !submit.connection.json)
    #expect(try parsed(Export.self, "export -o out 7").glob == "**")
  }

  @Test func `typed values are read`() throws {
    let submit = try parsed(
      Submit.self,
      "submit -l team=docs --label note=a=b -l empty= --deadline 2h --limit 1GiB --reuse none --priority -7 f")
    #expect(
      submit.labels == [
        .init(key: "team", value: "docs"), .init(key: "note", value: "a=b"), .init(key: "empty", value: ""),
      ])
    #expect(submit.deadline == Milliseconds(7_200_000))
    #expect(submit.limit == ByteSize(1 << 30))
    #expect(submit.reuse == .none)
    #expect(submit.priority == -7)
  }

  @Test func `after two dashes everything is an argument, and a lone dash always is`() throws {
    #expect(try parsed(Submit.self, "submit - -- --kind -w -- --help").files == ["-", "--kind", "-w", "--", "--help"])
  }

  @Test func `the default command is meant when none is given, also with its options`() throws {
    #expect(try parsed(Serve.self, "").store == nil)
    #expect(try parsed(Serve.self, "--store /tmp/x --json").store == "/tmp/x")
    #expect(try parsed(Serve.self, "serve --store=/tmp/x").store == "/tmp/x")
  }

  @Test func `commands of a family and hidden ones are found`() throws {
    #expect(try parsed(Add.self, "collection add art a.png b.png").files == ["a.png", "b.png"])
    _ = try parsed(Secret.self, "debug-dump")
    #expect(try parsed(Submit.self, "submit --trace t f").trace == "t")
  }

  @Test func `an empty value and values with spaces and equals signs arrive as they are`() throws {
    let arguments = ["submit", "--kind=", "--socket", "a b=c", ""]
    let submit = try #require(run(sample.parse(arguments)) as? Submit)
    #expect(submit.kind == "" && submit.connection.socket == "a b=c" && submit.files == [""])
  }

  @Test func `the environment is asked when the option is not given`() throws {
    let environment = ["GENBROKER_SOCKET": "/run/g.sock"]
    let fromEnvironment = run(sample.parse(["show", "7"], environment: environment)) as? Show
    #expect(fromEnvironment?.connection.socket == "/run/g.sock")
    let fromOption = run(sample.parse(["show", "7", "--socket", "x"], environment: environment)) as? Show
    #expect(fromOption?.connection.socket == "x")
    let fromEmpty = run(sample.parse(["show", "7"], environment: ["GENBROKER_SOCKET": ""])) as? Show
    #expect(fromEmpty?.connection.socket == nil)
  }

  @Test func `the command's name comes with it, for its errors`() {
    guard case .run(_, let name) = sample.parse(["collection", "add", "art"]) else {
      Issue.record("not run")
      return
    }
    #expect(name == "genbroker collection add")
  }

  @Test func `a program that does one thing has no commands`() throws {
    let work = try #require(run(single.parse(["--kind", "docs", "-c4"])) as? Work)
    #expect(work.kind == "docs" && work.concurrency == 4)
    #expect(text(single.parse(["--version"])) == "genworker 1.2.3\n")
  }

  @Test(arguments: [
    "--help", "-h", "help", "submit --help", "submit -h", "help submit", "submit --kinds --help", "submit a -wh b -h",
    "help collection add", "collection --help", "collection help add", "--store x --help",
  ])
  func `help is given wherever it is asked for`(line: String) throws {
    #expect(try #require(text(sample.parse(words(line)))).contains("Usage: genbroker"))
  }

  @Test func `the version is printed`() {
    #expect(text(sample.parse(["--version"])) == "genbroker 1.2.3\n")
  }

  private func parsed<Target: Command>(_ type: Target.Type, _ line: String) throws -> Target {
    try #require(run(sample.parse(words(line))) as? Target, "\(line)")
  }
}

/// The command to run, if the line means one.
func run(_ invocation: Invocation<SampleContext>) -> (any Command<SampleContext>)? {
  guard case .run(let command, _) = invocation else { return nil }
  return command
}

/// The text to print, if the line asks for one.
func text(_ invocation: Invocation<SampleContext>) -> String? {
  guard case .print(let text) = invocation else { return nil }
  return text
}

func words(_ line: String) -> [String] {
  line.split(separator: " ").map(String.init)
}
