import CommandLine

/// `genbroker submit`
struct Submit: Command {
  static let about = About(
    "submit", "Submit files or a recipe as a job, and print its number.",
    discussion: """
      The job is on disk when the number is printed, and goes on when this command has ended. The same \
      '--idempotency-key' again gives the same job again.

      What depends on nothing new is taken from your earlier jobs: submitting the same files again makes nothing, and after \
      a change only what the change concerns. '--force' makes everything anew.
      """,
    examples: [
      .init("genbroker submit --kind docs order.bpmn payment.bpmn", "Document two processes."),
      .init("genbroker submit --kind docs processes/ --project acme --wait", "A directory; wait for the end."),
      .init(
        "genbroker submit --kind docs order.bpmn --model openai/gpt-5-mini --budget-usd 0.50",
        "With a model, for half a dollar at most."),
      .init("genbroker submit --kind docs processes/ --dry-run", "What would have to be made, and what it would cost."),
      .init("genbroker submit --kind docs,tests,images processes/", "Three generators, one job."),
      .init("genbroker submit style-catalog.yaml --input subcategories=Modern", "A recipe."),
      .init("make-bpmn | genbroker submit --kind docs --stdin-name order.bpmn -", "What another program writes."),
    ])

  @Group var submission: SubmissionOptions
  @Group var ending: SubmissionEnding

  func validate() throws(UsageError) {
    try submission.validate()
    try ending.validate()
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    let work = try submission.work()
    return try await ending.submit(submission.job.models, context) { broker, choice in
      try await submission.submission(work, broker, choice, remark: { context.warn($0) })
    }
  }
}
