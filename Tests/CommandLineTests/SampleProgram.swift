import CommandLine

/// A program with one of everything, in the shape of the real one.
let sample = Program<SampleContext>(
  About(
    "genbroker", "Run long generation work so that nothing finished is lost.",
    discussion: "Give '--socket PATH' to speak to another broker than your own."),
  version: "1.2.3", default: "serve",
  [
    CommandSection("Jobs", [.command(Submit.self), .command(Show.self), .command(Wait.self), .command(Export.self)]),
    CommandSection("Broker", [.command(Serve.self), .command(Secret.self)]),
    CommandSection(
      "More",
      [.family(About("collection", "Named groups of files."), [CommandSection("Commands", [.command(Add.self)])])]),
  ])

/// A program that does one thing.
let single = Program<SampleContext>(only: Work.self, version: "1.2.3")

struct SampleContext {}

struct Connection: ParameterGroup {
  @Option("--socket PATH", "Where the broker listens.", environment: "GENBROKER_SOCKET", complete: .files)
  var socket: String?
  @Flag("--json", "Print JSON, one value a line.") var json
}

enum Reuse: String, Choice { case unchanged, exists, none }

struct Submit: Command {
  static let about = About(
    "submit", "Submit files or a recipe as a job.",
    discussion: "The job keeps running when this command ends.\n\nA directory stands for the files in it.",
    examples: [.init("genbroker submit --kind docs order.bpmn", "Document one process.")])

  @Option("-k, --kind KIND", "The kind of generator.") var kind: String?
  @Option("-p, --priority N", "Higher goes first.", in: -100...100) var priority = 0
  @Option("-l, --label KEY=VALUE", "A label of the job.") var labels: [KeyValue]
  @Option("--deadline TIME", "Fail a task after this long.", in: Milliseconds(1)...) var deadline = Milliseconds(
    300_000)
  @Option("--limit SIZE", "The largest input.") var limit = ByteSize(65536)
  @Option("--reuse HOW", "What to take from earlier jobs.") var reuse = Reuse.unchanged
  @Option("--trace FILE", "Not for users.", hidden: true) var trace: String?
  @Flag("-w, --wait", "Wait until the job has ended.") var wait
  @Flag("-q, --quiet", "Print the job's id only.") var quiet
  @Group("Connection") var connection: Connection
  @Argument("FILE", "The inputs; '-' is standard input.", complete: .files) var files: [String]

  func validate() throws(UsageError) {
    if files.isEmpty { throw UsageError("nothing to submit", hint: "name a file, or '-' for standard input") }
  }
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}

struct Show: Command {
  static let about = About("show", "Show one job.")
  @Group("Connection") var connection: Connection
  @Argument("JOB", "Its id, or @last.") var job: String
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}

struct Wait: Command {
  static let about = About("wait", "Wait until jobs have ended.")
  @Option("-t, --timeout TIME", "Give up after this long.") var timeout: Milliseconds?
  @Argument("JOB", "Their ids.", atLeast: 1) var jobs: [String]
  func run(_ context: SampleContext) async throws -> ExitCode { .failed }
}

struct Export: Command {
  static let about = About("export", "Write the files of a job to a directory.")
  @Option("-o, --output DIR", "Where to.", complete: .directories) var output: String
  @Argument("JOB", "Its id.") var job: String
  @Argument("GLOB", "Only these paths.") var glob = "**"
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}

struct Serve: Command {
  static let about = About("serve", "Start the broker in the foreground.")
  @Option("--store DIR", "Where jobs are kept.", complete: .directories) var store: String?
  @Option("--workers KIND=N,...", "Start workers, too.", hidden: true) var workers: String?
  @Group("Connection") var connection: Connection
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}

struct Secret: Command {
  static let about = About("debug-dump", "Not for users.", hidden: true)
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}

struct Add: Command {
  static let about = About("add", "Add files to a collection.")
  @Argument("NAME", "Which collection.") var name: String
  @Argument("FILE", "What to add.", complete: .files) var files: [String]
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}

struct Work: Command {
  static let about = About("genworker", "Lease tasks of one kind and run its plugin.")
  @Option("--kind KIND", "The kind of generator.") var kind: String
  @Option("-c, --concurrency N", "How many plugin processes.", in: 1...64) var concurrency = 1
  func run(_ context: SampleContext) async throws -> ExitCode { .done }
}
