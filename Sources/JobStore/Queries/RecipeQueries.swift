package import Digest
package import JobModel
import SQLite

/// What the broker reads to make the tasks of a recipe.
extension StoreReader {
  /// What has become of the JSON that other tasks are made from.
  package enum RecipeOutput: Sendable {
    /// The task has not ended; there may be no such task yet.
    case open
    /// It has ended and made none.
    case none(TaskState)
    /// It has succeeded; this is its JSON, and where that is.
    case made(path: String, SHA256Digest, BlobPlace)
  }

  /// The payload of the task of a job that begins with a recipe: ``TaskKey/recipe``.
  ///
  /// - Throws: `Refusal` (no such task) when the job has none.
  package func recipePayload(of job: JobID) throws -> [UInt8] {
    guard let payload = try sql.payload.first(job.value, TaskKey.recipe.text, row: { $0.bytes(0) }) else {
      throw noSuchTask(TaskKey.recipe.text, in: job)
    }
    return payload
  }

  /// The first file that a task declares, as the task itself has made it: another job may have made it anew since.
  package func recipeOutput(of key: TaskKey, in job: JobID) throws -> RecipeOutput {
    let task = try sql.stateOfTask.first(job.value, key.text) {
      (id: $0.int(0), state: TaskState(rawValue: $0.text(1)), path: $0.optionalText(2))
    }
    guard let task, let state = task.state, state.isFinal else { return .open }
    guard state == .succeeded, let path = task.path,
      let found = try sql.resultOfTask.first(
        task.id, path, row: { (SHA256Digest(bytes: $0.bytes(0)), BlobPlace($0, from: 0)) }),
      let sha256 = found.0, let place = found.1
    else { return .none(state) }
    return .made(path: path, sha256, place)
  }

  /// Whether a job has a task of that key.
  package func hasTask(_ key: TaskKey, in job: JobID) throws -> Bool {
    try sql.taskID.first(job.value, key.text) { _ in true } == true
  }

  /// Whether another job has made what is now the file of that path, in the project of this job.
  package func hasHead(_ path: ResultPath, inProjectOf job: JobID) throws -> Bool {
    try sql.hasHeadOfOthers.first(job.value, path.text) { _ in true } == true
  }
}
