import JobModel
import Testing

/// That the words are those of the store, tests of commands with a real broker hold.
@Suite struct `How a paused job goes on` {
  @Test(
    arguments: [
      ("$0.50", "--budget-usd AMOUNT"), ("$1,000.00", "--budget-usd AMOUNT"), ("1 call", "--max-calls N"),
      ("5 calls", "--max-calls N"), ("1000 tokens", "--max-tokens N"), ("3 credits", "--max-credits N"),
    ])
  func `the option of what is used up is named`(amount: String, option: String) {
    let reason = "the budget of \(amount) for job 7 has no room for the next call: $9.00 spent, and it may take 1 call"
    #expect(
      resumeAdvice(job: 7, reason: reason) == "'genbroker resume 7 \(option)' continues it with a larger budget")
  }

  @Test func `a limit of a day that no call fits is set`() {
    for (whose, scope) in [("user 1000", "user:1000"), ("all users", "all")] {
      #expect(
        resumeAdvice(
          job: 7, reason: "the budget of 5 tokens for the day of \(whose) is less than the next call may take (6)")
          == "'genbroker resume 7' continues it once "
          + "'genbroker limits --scope \(scope) --set tokens-per-day=N' allows more a day")
    }
  }

  @Test(arguments: [
    nil, "", "lunch", "the budget of", "the budget of it has no room for the next call",
    "the budget of  has no room for the next call for ",
  ])
  func `every other pause is ended as it is`(reason: String?) {
    #expect(resumeAdvice(job: 7, reason: reason) == "'genbroker resume 7' continues it")
  }
}
