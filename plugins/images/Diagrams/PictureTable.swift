import BPMN
import Diagram
import ProcessFiles

/// Every picture of the files of a job, and where it lies. Derived from the files alone, so that every process that reads
/// them has the same.
struct PictureTable {
  /// One picture.
  struct Entry {
    /// Which of the files.
    let file: Int
    let subject: DiagramRenderer.Subject
    /// `images/order/nodes/Task_17`, without the ending of a format; also the key of the task.
    let path: String
    /// What people see.
    let title: String

    var isCloseUp: Bool {
      if case .closeUp = subject { true } else { false }
    }
  }

  let files: [SourceFile]
  /// One for each file; the layout of files without one is made once, here.
  let renderers: [DiagramRenderer]
  private(set) var entries: [Entry] = []

  init(_ files: [SourceFile], _ documents: [Document]) {
    self.files = files
    renderers = documents.map { DiagramRenderer($0) }
    var folders = FileNames()
    for (file, document) in documents.enumerated() {
      let folder = "images/" + folders.name(for: SourceFile.stem(document.fileName))
      addEntries(of: file, document, folder)
    }
  }

  /// The folders of the kinds of pictures keep their names apart.
  private mutating func addEntries(of file: Int, _ document: Document, _ folder: String) {
    var (processes, contents, nodes) = (FileNames(), FileNames(), FileNames())
    for subject in renderers[file].subjects {
      switch subject {
      case .plane(let index):
        let title = planeTitle(file, index)
        add(file, subject, "\(folder)/diagram-\(index + 1)", title)
      case .process(let handle):
        let process = document[handle]
        let name = processes.name(for: process.key)
        add(file, subject, "\(folder)/processes/\(name)", process.plainName ?? "Process \(process.key)")
      case .contents(let handle):
        let name = contents.name(for: document[handle].key)
        add(file, subject, "\(folder)/inside/\(name)", "Inside \(document.title(of: handle).text)")
      case .closeUp(let handle):
        let name = nodes.name(for: document[handle].key)
        add(file, subject, "\(folder)/nodes/\(name)", document.title(of: handle).text)
      }
    }
  }

  private func planeTitle(_ file: Int, _ index: Int) -> String {
    let plane = renderers[file].planes[index]
    let element = plane.element.flatMap { renderers[file].document[$0].name }
    let name = collapsingWhitespace(plane.diagramName ?? element ?? "")
    return name.isEmpty ? "Diagram \(index + 1) of \(files[file].name)" : name
  }

  private mutating func add(_ file: Int, _ subject: DiagramRenderer.Subject, _ path: String, _ title: String) {
    entries.append(
      Entry(
        file: file, subject: subject, path: path, title: shortened(title, toBytes: Limits.taskTitleBytesMax)))
  }

  /// Names of files without any flow node or pool.
  var filesWithoutPictures: [String] {
    files.indices.filter { file in !entries.contains { $0.file == file } }.map { files[$0].name }
  }

  func entry(path: String) -> Entry? { entries.first { $0.path == path } }

  func picture(of entry: Entry, _ settings: PictureSettings) -> Picture {
    let style = PictureStyle(look: settings.look == .sketch ? .sketch : .clean, background: "#ffffff")
    return renderers[entry.file].picture(of: entry.subject, style: style)
  }

  /// The picture as it is put.
  func figure(of entry: Entry, _ settings: PictureSettings, version: String) -> Figure {
    let picture = picture(of: entry, settings)
    return Figure(
      svg: picture.svg, title: entry.title, size: picture.size, scale: settings.scale,
      source: .file(files[entry.file].name), version: version,
      // Those of the plane are said once, with its own picture.
      warnings: entry.isCloseUp ? [] : picture.warnings)
  }
}
