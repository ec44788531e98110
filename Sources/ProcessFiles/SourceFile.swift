/// One input of the job.
package struct SourceFile: Hashable, Sendable {
  /// As submitted: a relative path.
  package let name: String
  /// 64 hexadecimal digits.
  package let sha256: String

  package init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }

  /// A file's name without folders and endings: `report` of `a/report.bpmn20.xml`.
  package static func stem(_ fileName: String) -> String {
    var name = fileName.split(separator: "/").last.map(String.init) ?? fileName
    for ending in [".xml", ".bpmn20", ".bpmn2", ".bpmn"] where name.lowercased().hasSuffix(ending) {
      name = String(name.dropLast(ending.count))
    }
    return name
  }
}
