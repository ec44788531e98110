import CommandLine
import FileSystem
import JobModel
import Wire

/// `genbroker backup`
struct Backup: Command {
  static let about = About(
    "backup", "Copy the store into a new directory while the broker works.",
    discussion: """
      The copy is the store as it was at one moment, with all files. It is checked before it gets its name: a backup that \
      was interrupted leaves nothing there, at most a directory '.genbroker-backup-…' beside it, which may be removed.

      'genbroker --store DIRECTORY' starts a broker on the copy, which is then a store of its own: leases of before are \
      over, and watchers begin anew. To keep the backup, start it on a copy of the directory.
      """,
    examples: [.init("genbroker backup /mnt/backup/$(date +%F)", "One for each day.")])

  @Argument("DIRECTORY", "What the copy is to be; nothing may be there.", complete: .directories) var directory: String
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    // The broker need not be in the same directory.
    let path = try FileTree.absolute(directory)
    let report = try await connection.call(AdminAPI.Backup(directory: path), context)
    if output.json {
      context.output.print(json: report)
    } else {
      context.output.print(backupLines(report, directory: directory))
    }
    return .done
  }
}

/// What `genbroker backup` prints.
func backupLines(_ report: AdminAPI.Backup.Reply, directory: String) -> [StyledText] {
  let held = [
    Human.count(report.jobs, "job"), Human.count(report.results, "result"), Human.count(report.events, "event"),
    Human.bytes(Int64(report.bytes)),
  ].joined(separator: ", ")
  return [
    StyledText("the backup is whole", .green) + StyledText(": \(held) in \(directory)"),
    StyledText("  to start a broker on it: genbroker --store \(shellWord(directory))"),
  ]
}
