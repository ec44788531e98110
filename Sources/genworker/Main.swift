import CommandLine
import Glibc

@main
enum Main {
  static func main() async {
    let host = HostEnvironment.current
    let console = Console(
      output: { writeAll($0, to: STDOUT_FILENO) }, errors: { writeAll($0, to: STDERR_FILENO) })
    let code = await genworkerProgram.run(
      Array(Swift.CommandLine.arguments.dropFirst()), environment: host.variables, context: host, console: console)
    exit(code.rawValue)
  }
}

/// `genworker` does one thing.
let genworkerProgram = Program<HostEnvironment>(only: Work.self, version: "0.1.0")
