import CommandLine
import EventLoop
import Wire

/// `genbroker workers`
struct Workers: Command {
  static let about = About("workers", "List the workers that are attached.")

  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let workers = try await connection.call(AdminAPI.Workers(), context).workers
    if output.json {
      context.output.print(json: workers)
    } else if workers.isEmpty {
      context.say("no workers; 'genworker --kind KIND' starts one")
    } else {
      context.output.print(workerTable(workers, time: TimeText(now: WallClock.nowMs())))
    }
    return .done
  }
}

/// The table of `genbroker workers`.
func workerTable(_ workers: [AdminAPI.WorkerInfo], time: TimeText) -> Table {
  var table = Table([
    .init("NAME", shrinks: true), .init("KIND"), .init("PID", .right), .init("USER", .right), .init("BUSY", .right),
    .init("HEARD"), .init("ATTACHED"),
  ])
  for worker in workers {
    table.add([
      StyledText(worker.name), StyledText(worker.kind), StyledText(String(worker.pid)),
      StyledText(String(worker.owner)), StyledText("\(worker.leases)/\(worker.slots)"),
      // Without a lease a worker has nothing to say, and its silence says nothing about it.
      StyledText(worker.leases == 0 ? "idle" : Human.relative(milliseconds: -Int64(worker.silentMs), now: 0)),
      StyledText(time.short(Int64(worker.connectedMs))),
    ])
  }
  return table
}
