import Digest
import Wire

/// The idempotency key of a submission that is made from its content: the same content is the same job.
func contentKey(of submission: JobsAPI.Submit) -> String {
  var content = submission
  content.idempotencyKey = nil
  // What a job may cost does not make it another one.
  content.budget = nil
  content.inputs = content.inputs.map { $0.sorted { $0.name < $1.name } }
  return "run-" + SHA256Digest(of: content.bytes).hex
}
