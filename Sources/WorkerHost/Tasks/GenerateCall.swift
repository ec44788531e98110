import Wire

/// What a plugin is told of its task, in lines that are not too long.
enum GenerateCall {
  /// The task, with as many done items as fit the line.
  ///
  /// - Parameter hasModel: whether the job names models.
  static func make(_ run: LeaseRun, hasModel: Bool) -> PluginAPI.Generate {
    let lease = run.lease
    let task = PluginAPI.Task(
      job: lease.job, key: lease.key, kind: lease.kind, op: lease.op, title: lease.title, payload: lease.payload,
      options: lease.options, outputs: lease.outputs, attempt: lease.attempt, timeoutMs: lease.timeoutMs,
      missingNeeds: lease.missingNeeds)
    let room = WireLimits.hostLineBytesMax - task.bytes.count - envelopeBytes
    let done = doneItems(run.done[...], bytesMax: room)
    return PluginAPI.Generate(task: task, done: done, doneMore: done.count < run.done.count, model: hasModel)
  }

  /// The done items behind a path, as many as fit a line.
  static func donePage(_ run: LeaseRun, after path: String) -> HostAPI.Done.Reply {
    let rest = run.done(after: path)
    let count = Page.count(of: rest, bytesMax: WireLimits.hostLineBytesMax - envelopeBytes)
    let items = rest.prefix(count).map { HostAPI.DoneItem(path: $0.path, sha256: $0.sha256, size: $0.size) }
    return HostAPI.Done.Reply(items: items, more: count < rest.count)
  }

  /// What can be read, as many as fit a line.
  static func inputsPage(_ page: WorkerAPI.Inputs.Reply) -> HostAPI.Inputs.Reply {
    let count = Page.count(of: page.inputs, bytesMax: WireLimits.hostLineBytesMax - envelopeBytes)
    let inputs = page.inputs.prefix(count).map {
      HostAPI.Readable(
        name: $0.name, task: $0.task, sha256: $0.sha256, size: $0.size, mediaType: mediaType(of: $0), meta: $0.meta)
    }
    return HostAPI.Inputs.Reply(inputs: inputs, more: page.more || count < page.inputs.count)
  }

  private static func mediaType(of readable: WorkerAPI.Readable) -> String {
    let isUnknown = readable.task == nil && readable.mediaType == MediaTypes.unknown
    return isUnknown ? MediaTypes.guessed(from: readable.name) : readable.mediaType
  }

  private static func doneItems(_ items: ArraySlice<WorkerAPI.DoneItem>, bytesMax: Int) -> [PluginAPI.DoneItem] {
    guard let first = items.first, first.bytes.count <= bytesMax else { return [] }
    return items.prefix(Page.count(of: items, bytesMax: bytesMax)).map {
      PluginAPI.DoneItem(path: $0.path, sha256: $0.sha256, size: $0.size)
    }
  }

  /// What stands around the items of a line.
  private static let envelopeBytes = 512
}
