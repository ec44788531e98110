import JSON
import JobModel
import Wire

/// What the host looks at before it passes on what a plugin says: what the broker would refuse would spoil the lease, and
/// what is too long would end the connection.
enum ResultRules {
  /// - Throws: what the plugin is to hear.
  static func check(_ result: HostAPI.Result) throws(PluginFailure) {
    do throws(NameError) {
      _ = try ResultPath(result.path)
    } catch {
      throw .refused("\(error.message); \(error.remedy)")
    }
    guard MediaType.isValid(result.mediaType) else {
      throw .refused("'\(visible(result.mediaType))' is not a media type such as text/html")
    }
    guard (result.meta?.bytes.count ?? 0) <= ModelLimits.metaBytesMax else {
      throw .refused("the meta of \(visible(result.path)) is larger than \(ModelLimits.metaBytesMax) bytes")
    }
    guard (result.meta?.depth ?? 0) <= WireLimits.objectDepthMax else {
      throw .refused("the meta of \(visible(result.path)) is nested deeper than \(WireLimits.objectDepthMax) levels")
    }
  }

  /// Where a record is kept.
  ///
  /// - Throws: what the plugin is to hear.
  static func path(of record: HostAPI.Record) throws(PluginFailure) -> String {
    let name: RecordName
    do throws(NameError) {
      name = try RecordName(set: record.set, key: record.key)
    } catch {
      throw .refused("\(error.message); \(error.remedy)")
    }
    guard record.value.bytes.count <= ModelLimits.recordBytesMax else {
      throw .refused(
        "the record \(visible(name.path)) has \(record.value.bytes.count) bytes, more than \(ModelLimits.recordBytesMax)"
      )
    }
    guard record.value.depth <= WireLimits.objectDepthMax else {
      throw .refused("the record \(visible(name.path)) is nested deeper than \(WireLimits.objectDepthMax) levels")
    }
    return name.path
  }

  /// A text that cannot make a message too long; no name in the store is longer.
  static func bounded(_ text: String) -> String {
    guard text.utf8.count > ModelLimits.pathBytesMax else { return text }
    return String(decoding: Array(text.utf8.prefix(ModelLimits.pathBytesMax)), as: UTF8.self)
  }
}

/// Tasks that are spawned together, in parts that each fit a message.
enum SpawnParts {
  /// - Throws: what the plugin is to hear when one task alone is too large.
  static func split(_ tasks: [WorkerAPI.TaskSpec]) throws(PluginFailure) -> [[WorkerAPI.TaskSpec]] {
    var parts: [[WorkerAPI.TaskSpec]] = []
    var rest = tasks[...]
    while let first = rest.first {
      guard first.bytes.count <= WorkerLimits.spawnBytesPerCallMax else {
        throw PluginFailure(
          message: "the task '\(visible(first.key))' is larger than \(WorkerLimits.spawnBytesPerCallMax) bytes",
          errorClass: "bad_spawn", retryable: false)
      }
      guard (first.payload?.depth ?? 0) <= WireLimits.objectDepthMax else {
        throw PluginFailure(
          message: "the payload of '\(visible(first.key))' is nested deeper than \(WireLimits.objectDepthMax) levels",
          errorClass: "bad_spawn", retryable: false)
      }
      let most = rest.prefix(ModelLimits.tasksPerCallMax)
      let count = Page.count(of: most, bytesMax: WorkerLimits.spawnBytesPerCallMax)
      parts.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return parts
  }
}

extension ResultSource {
  /// Memory that it takes.
  var heldBytes: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .file: 0
    }
  }
}
