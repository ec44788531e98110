import CommandLine

/// `genbroker recipe run`
struct RecipeRun: Command {
  static let about = About(
    "run", "Submit a recipe as a job, and print its number.",
    discussion: """
      The broker makes the tasks, also those that go through the output of an earlier task: nobody has to wait for it. What \
      the recipe says under 'limits' bounds the job, unless an option here says otherwise. 'genbroker submit FILE.yaml' does \
      the same.
      """,
    examples: [
      .init("genbroker recipe run deck.yaml --input topic=Volcanoes --wait", "Make it, and wait for the end."),
      .init("genbroker recipe run rooms.yaml -i styles=@styles.txt --dry-run", "What it would do."),
    ])

  @Group var inputs: RecipeInputOptions
  @Group var job: JobOptions
  @Group var ending: SubmissionEnding
  @Argument("FILE", "The recipe.", complete: .files) var file: String

  func validate() throws(UsageError) {
    try job.validate()
    try ending.validate()
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    let recipe = try RecipeSubmission(file, inputs.values)
    return try await ending.submit(job.models, context) { broker, choice in
      try await recipe.submission(broker, job, choice)
    }
  }
}
