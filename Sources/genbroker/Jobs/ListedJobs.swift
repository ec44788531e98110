import BrokerClient
import JSON
import Wire

/// A job with what its model calls have taken.
struct ListedJob {
  var job: JobsAPI.Job
  /// Nil when it has made none and has no budget.
  var spending: JobsAPI.Spending?
}

/// The array of `genbroker list --json`: each job, and its spending as one more member.
func listedJobsJSON(_ jobs: [ListedJob]) -> [UInt8] {
  var writer = JSONWriter()
  writer.array { writer in
    for listed in jobs {
      writer.object { writer in
        listed.job.writeFields(to: &writer)
        guard let spending = listed.spending else { return }
        writer.key("spending")
        spending.write(to: &writer)
      }
    }
  }
  return writer.finish(UInt8(ascii: "\n"))
}

extension BrokerConnection {
  /// Looks up what the jobs have taken that may ask models.
  func listed(_ jobs: [JobsAPI.Job]) async throws -> [ListedJob] {
    var listed: [ListedJob] = []
    for job in jobs {
      listed.append(ListedJob(job: job, spending: job.models.isEmpty ? nil : try await spending(of: job.job)))
    }
    return listed
  }
}
