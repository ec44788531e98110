import CommandLine
import EventLoop
import ModelAPI

extension ModelFileOption {
  /// Takes the keys of providers out of what others can see of this process, which starts workers that have plugins below
  /// them; its copy of the environment, out of which the workers get theirs, keeps them.
  ///
  /// - Returns: the variables that may hold keys: nobody but workers gets them.
  /// - throws: `UserError` when the configuration is wrong, since no worker would start.
  func hideKeys(_ context: CommandContext) throws(UserError) -> Set<String> {
    let names: Set<String>
    do throws(ModelConfigurationError) {
      names = try ProviderTable.load(environment: naming(context.environment), keys: .ignored).keyVariables
    } catch {
      throw error.asUserError
    }
    if !names.isDisjoint(with: context.environment.keys) {
      hideMemory()
      eraseEnvironment(names)
    }
    return names
  }

  /// The arguments by which a worker finds the same configuration.
  var workerArguments: [String] { file.map { ["--models", $0] } ?? [] }
}
