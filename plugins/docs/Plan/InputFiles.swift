import BPMN
import PluginKit
import ProcessFiles

/// Reads the files of a job, and keeps the site that it made of them for the next task of the same job.
struct InputFiles {
  /// Of the last job only: a process serves many jobs in its life.
  private var kept: (files: [SourceFile], site: Site)?
  private var reader = ProcessFileReader()

  /// The site of the job's files.
  ///
  /// - Throws: `PluginFailure` of class `bad_input` that names every file that cannot be read and why.
  mutating func site(_ readables: [Readable], _ host: any Host) throws -> Site {
    let files = try ProcessFileReader.files(readables)
    if let kept, kept.files == files { return kept.site }
    let site = Site(files: files, documents: try reader.documents(files, host))
    kept = (files, site)
    return site
  }
}
