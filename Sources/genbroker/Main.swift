import CommandLine
import EventLoop
import Glibc

@main
enum Main {
  static func main() async {
    let loop: EventLoop
    do {
      loop = try EventLoop.start(name: "genbroker")
    } catch {
      exit(startFailed(error))
    }
    let context = CommandContext(loop: loop)
    let code = await genbrokerProgram.run(
      Array(Swift.CommandLine.arguments.dropFirst()), environment: context.environment, context: context,
      console: context.console, describe: describe)
    await loop.shutDown()
    exit(code.rawValue)
  }

  private static func startFailed(_ error: IOError) -> Int32 {
    let told = UserError(error.problem, remedy: error.remedy, exitCode: .internalError)
    TextOutput.errors(environment: [:]).write(told.rendered(command: "genbroker"))
    return told.exitCode.rawValue
  }
}

/// Every command of `genbroker`, under the headings of its help.
let genbrokerProgram = Program<CommandContext>(
  About(
    "genbroker", "Run long generation work so that nothing that was finished is ever lost.",
    discussion: """
      The broker keeps jobs in a store; workers ('genworker --kind KIND') lease their tasks and commit every file as \
      soon as it is made.

      Commands find the broker by '--socket', then $GENBROKER_SOCKET, then the default of the user.
      """),
  version: programVersion, default: "serve",
  [
    CommandSection(
      "Jobs",
      [
        .command(Submit.self), .command(Run.self), .command(List.self), .command(Show.self), .command(Explain.self),
        .command(Estimate.self), .command(Watch.self), .command(Wait.self), .command(Events.self), .command(Logs.self),
        .command(Errors.self),
      ]),
    CommandSection(
      "Steering",
      [
        .command(Cancel.self), .command(Pause.self), .command(Resume.self), .command(Retry.self),
        .command(Regenerate.self),
      ]),
    CommandSection("Recipes", [recipeFamily]),
    CommandSection("Models", [.command(Usage.self), .command(Calls.self), .command(Limits.self)]),
    CommandSection(
      "Files",
      [
        .command(Files.self), .command(Cat.self), .command(History.self), .command(Diff.self), .command(Rollback.self),
        .command(Put.self), .command(Archive.self), .command(Outdated.self), .command(Export.self),
        .command(Records.self), collectionFamily, .command(Stats.self),
      ]),
    CommandSection(
      "Broker",
      [
        .command(Serve.self), .command(RunHooks.self), .command(Status.self), .command(Workers.self),
        .command(Check.self),
        .command(Backup.self), .command(Prune.self), .command(Drain.self), .command(Doctor.self),
      ]),
  ])

private let recipeFamily = Entry<CommandContext>.family(
  About("recipe", "Check, show and run recipes: files that say how inputs become tasks."),
  [CommandSection("Recipes", [.command(RecipeCheck.self), .command(RecipeShow.self), .command(RecipeRun.self)])])

private let collectionFamily = Entry<CommandContext>.family(
  About("collection", "Named groups of files across projects, with their progress and credits."),
  [
    CommandSection(
      "Collections",
      [
        .command(CollectionList.self), .command(CollectionShow.self), .command(CollectionAdd.self),
        .command(CollectionRemove.self), .command(CollectionMove.self), .command(CollectionSet.self),
        .command(CollectionDelete.self),
      ])
  ])

/// The version of the whole program.
let programVersion = "0.1.0"
