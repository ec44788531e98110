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
  ///   - archived: Archived files, too.
  func files(
    of job: Int, prefix: String? = nil, own: Bool = false, allVersions: Bool = false, archived: Bool = false
  ) async throws -> [FilesAPI.File] {
    var files: [FilesAPI.File] = []
    while true {
      let page = try await call(
        FilesAPI.List(
          job: job, prefix: prefix, own: own ? true : nil, allVersions: allVersions ? true : nil,
          archived: archived ? true : nil, after: files.last?.path,
          afterVersion: allVersions ? files.last?.version : nil,
          limit: WireLimits.pageItemsMax))
      files += page.files
      guard page.more, !page.files.isEmpty else { return files }
    }
  }

  /// Files that are found by what they are marked with, newest first, page by page.
  func found(_ call: FilesAPI.Find, limit: Int) async throws -> (files: [FilesAPI.FoundFile], hasMore: Bool) {
    var files: [FilesAPI.FoundFile] = []
    var call = call
    while true {
      call.before = files.last?.id
      call.limit = min(WireLimits.pageItemsMax, limit - files.count)
      let page = try await self.call(call)
      files += page.files
      guard page.more, files.count < limit, !page.files.isEmpty else { return (files, page.more) }
    }
  }
}

/// The table of files that were found; a column of marks that no file has is left out.
func foundTable(_ files: [FilesAPI.FoundFile], time: TimeText) -> Table {
  let marks = ["product", "revision", "type", "view", "category", "batch"].filter { mark in
    files.contains { $0.file.columns?[mark] != nil }
  }
  var table = Table(
    [.init("PATH", shrinks: true)] + marks.map { .init($0.uppercased(), shrinks: true) }
      + [
        .init("STATUS"), .init("SIZE", .right), .init("VERSION", .right), .init("CREDITS", .right),
        .init("JOB", .right),
        .init("COMMITTED"),
      ])
  for found in files {
    let file = found.file
    table.add(
      [StyledText(file.path)] + marks.map { StyledText(file.columns?[$0] ?? "") } + [
        file.statusText, StyledText(Human.bytes(Int64(file.size))),
        StyledText(String(file.version)), StyledText(String(found.credits)), StyledText(String(file.job)),
        StyledText(time.short(Int64(file.atMs))),
      ])
  }
  return table
}

extension FilesAPI.File {
  /// How it stands, as files are found by it.
  fileprivate var statusText: StyledText {
    let status = archivedMs != nil ? "archived" : columns?["status"] ?? "completed"
    return StyledText(status, status == "completed" ? nil : .dim)
  }
}

/// The table of `genbroker files`; it has statuses where one of the files is archived.
///
/// - parameter versions: Whether several versions of a path are listed.
func fileTable(_ files: [FilesAPI.File], versions: Bool, time: TimeText) -> Table {
  let hasStatus = files.contains { $0.archivedMs != nil }
  var table = Table(
    [.init("PATH", shrinks: true), .init("SIZE", .right), .init("TYPE", shrinks: true), .init("VERSION", .right)]
      + (versions ? [.init("STANDING")] : []) + (hasStatus ? [.init("STATUS")] : []) + [
        .init("JOB", .right), .init("COMMITTED"),
      ])
  for file in files {
    let standing = StyledText(file.late ? "late" : file.head ? "current" : "older", file.head ? nil : .dim)
    table.add(
      [
        StyledText(file.path), StyledText(Human.bytes(Int64(file.size))), StyledText(file.mediaType),
        StyledText(String(file.version)),
      ] + (versions ? [standing] : []) + (hasStatus ? [file.statusText] : []) + [
        StyledText(String(file.job)), StyledText(time.short(Int64(file.atMs))),
      ])
  }
  return table
}
