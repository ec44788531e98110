import CommandLine
import Wire

/// The table of `genbroker show --tasks`.
func taskTable(_ tasks: [JobsAPI.Task]) -> Table {
  var table = Table([
    .init("KEY"), .init("STATE"), .init("FAILED", .right), .init("CRASHED", .right), .init("FILES", .right),
    .init("TITLE", shrinks: true),
  ])
  for task in tasks {
    table.add([
      StyledText(task.key), StyledText(task.state.rawValue), StyledText(String(task.attempts)),
      StyledText(String(task.crashes)), StyledText(String(task.files)), StyledText(task.title),
    ])
  }
  return table
}
