package import JobModel

extension ModelName {
  /// Reads `provider/model`, as a configuration or a command line has it.
  ///
  /// - Throws: what is wrong with it, and what a name looks like.
  package init(parsing text: String) throws(ModelConfigurationError) {
    do throws(NameError) {
      try self.init(text)
    } catch {
      let remedy = error.remedy.prefix(1).uppercased() + error.remedy.dropFirst()
      let form = "PROVIDER/MODEL"
      throw ModelConfigurationError(
        problem: "\(error.message).", remedy: remedy.contains(form) ? "\(remedy)." : "\(remedy); a model is \(form).")
    }
  }
}
