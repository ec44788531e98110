import BrokerClient
import CommandLine
import Wire

extension BrokerConnection {
  /// Files of a job's project, by path, page by page.
  ///
  /// - parameters:
  ///   - prefix: Only paths that begin so.
  ///   - own: Only what the job has committed itself, each file in the last version that it committed.
  ///   - allVersions: Older versions and late results, too.
  func files(
    of job: Int, prefix: String? = nil, own: Bool = false, allVersions: Bool = false
  ) async throws -> [FilesAPI.File] {
    var files: [FilesAPI.File] = []
    while true {
      let page = try await call(
        FilesAPI.List(
          job: job, prefix: prefix, own: own ? true : nil, allVersions: allVersions ? true : nil,
          after: files.last?.path, afterVersion: allVersions ? files.last?.version : nil,
          limit: WireLimits.pageItemsMax))
      files += page.files
      guard page.more, !page.files.isEmpty else { return files }
    }
  }
}

/// The table of `genbroker files`.
///
/// - parameter versions: Whether several versions of a path are listed.
func fileTable(_ files: [FilesAPI.File], versions: Bool, time: TimeText) -> Table {
  var table = Table(
    [.init("PATH", shrinks: true), .init("SIZE", .right), .init("TYPE", shrinks: true), .init("VERSION", .right)]
      + (versions ? [.init("STANDING")] : []) + [.init("JOB", .right), .init("COMMITTED")])
  for file in files {
    let standing = StyledText(file.late ? "late" : file.head ? "current" : "older", file.head ? nil : .dim)
    table.add(
      [
        StyledText(file.path), StyledText(Human.bytes(Int64(file.size))), StyledText(file.mediaType),
        StyledText(String(file.version)),
      ] + (versions ? [standing] : []) + [
        StyledText(String(file.job)), StyledText(time.short(Int64(file.atMs))),
      ])
  }
  return table
}
