import CommandLine
import EventLoop
import Wire

/// `genbroker status`
struct Status: Command {
  static let about = About("status", "Show what the broker is doing.")

  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let status = try await connection.call(AdminAPI.Status(), context)
    if output.json {
      context.output.print(json: status)
    } else {
      context.output.print(statusLines(status, time: TimeText(now: WallClock.nowMs())))
    }
    return .done
  }
}

/// What `genbroker status` prints.
func statusLines(_ status: AdminAPI.Status.Reply, time: TimeText) -> [StyledText] {
  var list = FieldList()
  list.add("broker", "\(status.version), pid \(status.pid), user \(status.uid)")
  let state = status.draining ? StyledText("draining: gives no new leases", .yellow) : StyledText("running", .green)
  list.add("state", state + StyledText(", started \(time.short(Int64(status.startedMs)))"))
  list.add("socket", status.socket)
  list.add("store", "\(status.store) (\(Human.bytes(Int64(status.storeBytes))))")
  list.add("jobs", "\(Human.grouped(Int64(status.jobsLive))) not ended")
  let (ready, leased) = (Human.grouped(Int64(status.tasksReady)), Human.grouped(Int64(status.tasksLeased)))
  list.add("tasks", "\(ready) ready, \(leased) running")
  list.add("workers", "\(status.workers) attached, \(Human.count(status.connections, "connection"))")
  list.add("events", Human.grouped(Int64(status.events)))
  return list.lines
}
