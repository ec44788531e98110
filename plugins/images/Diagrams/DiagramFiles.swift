import BPMN
import PluginKit
import ProcessFiles

/// Reads the process files of a job, and keeps the table of their pictures for the next task of the same job.
struct DiagramFiles {
  /// Of the last job only: a process serves many jobs in its life.
  private var kept: PictureTable?
  private var reader = ProcessFileReader()

  /// - Throws: `PluginFailure` of class `bad_input` that names every file that cannot be read and why.
  mutating func table(_ readables: [Readable], _ host: any Host) throws -> PictureTable {
    let files = try ProcessFileReader.files(readables)
    if let kept, kept.files == files { return kept }
    let table = PictureTable(files, try reader.documents(files, host))
    kept = table
    return table
  }
}
