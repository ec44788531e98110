import CommandLine
import JSON
import JobModel
import Wire

/// What `genbroker show` tells about a job.
struct JobDetails {
  var job: JobsAPI.Job
  var warnings: [String]
  var phases: [JobsAPI.Phase]
  /// Tasks that failed for good, the first of them.
  var failed: [JobsAPI.Task]
  /// What their last errors say beyond the first line: mostly what to do. By key, where there is something.
  var remedies: [String: String] = [:]
  /// What the broker has said when it made the tasks of a recipe.
  var remarks: [String] = []
  /// Declared files of a job that has ended without them, the first ones.
  var missing: [String] = []
  /// Why the job does not go on, if it does not.
  var reasons: [String]
  /// What its model calls have taken; nil when it has made none and has no budget.
  var spending: JobsAPI.Spending?

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("job")
      job.write(to: &writer)
      writer.key("warnings")
      warnings.write(to: &writer)
      writer.key("phases")
      phases.write(to: &writer)
      writer.key("failed")
      failed.write(to: &writer)
      if !missing.isEmpty {
        writer.key("missing")
        missing.write(to: &writer)
      }
      if !remarks.isEmpty {
        writer.key("remarks")
        remarks.write(to: &writer)
      }
      writer.key("reasons")
      reasons.write(to: &writer)
      guard let spending else { return }
      writer.key("spending")
      spending.write(to: &writer)
    }
  }

  /// The whole text, as wide as it is.
  func lines(time: TimeText) -> [StyledText] {
    [StyledText("job \(job.job)", .bold) + StyledText("  \(job.title)")] + fields(time).lines + phaseLines
      + failureLines + advice
  }

  private func fields(_ time: TimeText) -> FieldList {
    var list = FieldList()
    list.add("state", stateText(job) + StyledText(job.reason.map { ": \($0)" } ?? ""))
    list.add("kind", job.kindsText)
    list.add("project", job.project)
    list.add("labels", job.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    list.add("priority", job.priority == 0 ? nil : String(job.priority))
    list.add("submitted", time.short(Int64(job.createdMs)) + " by user \(job.owner)")
    list.add("time", elapsed(time))
    let unfinished = job.counts.total == job.counts.succeeded ? "" : ": \(rest)"
    list.add("tasks", "\(job.counts.short) done\(reused)\(unfinished)")
    list.add("files", "\(Human.count(job.files, "file")), \(Human.bytes(Int64(job.bytes)))")
    if job.outputsDeclared > 0 {
      let verb = job.outputsPresent == 1 ? "is" : "are"
      list.add("outputs", "\(job.outputsPresent) of \(job.outputsDeclared) declared \(verb) there")
      let hidden = job.outputsDeclared - job.outputsPresent - missing.count
      list.add(
        "missing",
        missing
          + (missing.isEmpty || hidden <= 0 ? [] : ["and \(hidden) more; 'genbroker show \(job.job) --groups' tells"]))
    }
    list.add("recipe", remarks)
    addSpending(to: &list)
    list.add(job.counts.leased > 0 ? "now" : "waits", job.state.isFinal ? [] : reasons)
    // For a job that has not ended, the reasons say the same.
    list.add("note", job.state.isFinal || reasons.isEmpty ? warnings : [])
    return list
  }

  private var reused: String {
    job.reused > 0 ? " (\(Human.grouped(Int64(job.reused))) from earlier jobs)" : ""
  }

  private func addSpending(to list: inout FieldList) {
    list.add("model", job.models.isEmpty ? ModelName.offline : job.models.joined(separator: ", else "))
    guard let spending else { return }
    list.add("budget", spending.budgetLine)
    list.add("cost", spending.costLine)
    list.add("reused", spending.reusedLine)
    list.add("calls", spending.reservedLine)
    list.add("unclear", spending.unknownLine)
  }

  private var rest: String {
    var counts = job.counts
    counts.succeeded = 0
    return counts.sentence
  }

  private func elapsed(_ time: TimeText) -> String? {
    guard let started = job.startedMs else { return nil }
    let end = job.endedMs.map { Int64($0) } ?? time.now
    let length = Human.duration(milliseconds: max(0, end - Int64(started)))
    return job.endedMs == nil ? "running for \(length)" : "took \(length), ended \(time.short(end))"
  }

  private var phaseLines: [StyledText] {
    guard phases.contains(where: { $0.phase != nil }) else { return [] }
    var list = FieldList()
    for phase in phases {
      var others = phase.counts
      others.succeeded = 0
      let rest = others.total == 0 ? "" : "  \(others.sentence)"
      list.add(phase.phase ?? "(no phase)", "\(phase.counts.short)\(rest)")
    }
    return ["", StyledText("phases", .bold)] + list.lines
  }

  private var advice: [StyledText] {
    let advice = job.advice(failed: failed)
    return advice.isEmpty ? [] : [""] + advice.map { StyledText($0) }
  }

  private var failureLines: [StyledText] {
    guard !failed.isEmpty else { return [] }
    var list = FieldList()
    for task in failed {
      list.add(task.key, StyledText(task.error ?? "failed", .red))
      list.add("", remedies[task.key])
    }
    let hidden = job.counts.failed - failed.count
    let more = hidden > 0 ? [StyledText("and \(hidden) more; 'genbroker errors \(job.job)' lists all attempts")] : []
    return ["", StyledText("failed", .bold)] + list.lines + more
  }
}
