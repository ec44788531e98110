import CommandLine
import Testing

@testable import genbroker

@Suite struct `References to jobs and tasks` {
  @Test(arguments: [("17", JobReference.number(17)), ("1", .number(1)), ("@last", .last)])
  func `a job is a number or the newest`(text: String, job: JobReference) throws {
    #expect(try JobReference.read(text) == job)
    #expect(job.parameterText == text)
  }

  @Test(arguments: ["", "0", "-1", "+1", "seventeen", "1.5", "@first", "99999999999999999999", " 1"])
  func `anything else is refused`(text: String) {
    #expect(throws: ValueProblem.self) { try JobReference.read(text) }
  }

  @Test(arguments: [
    ("17", TaskReference(job: .number(17), task: nil)),
    ("17:page/orders/Task_17", TaskReference(job: .number(17), task: "page/orders/Task_17")),
    ("@last:a:b", TaskReference(job: .last, task: "a:b")),
  ])
  func `a task stands behind the first colon`(text: String, reference: TaskReference) throws {
    #expect(try TaskReference.read(text) == reference)
    #expect(reference.parameterText == text)
  }

  @Test(arguments: ["17:", ":key", "x:key", ""])
  func `a reference with a part missing is refused`(text: String) {
    #expect(throws: ValueProblem.self) { try TaskReference.read(text) }
  }
}
