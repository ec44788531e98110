/// Whether what files import is there: in the project, in Python's own library, or among the requirements.
struct ImportCheck {
  private let files: [String: PythonFile]
  /// By dotted name.
  private var modules: [String: PythonFile] = [:]
  private var packages: Set<String> = []
  /// nil when nobody knows what is required.
  private let libraries: Set<String>?

  /// - Parameters:
  ///   - files: the Python files of the project by their paths.
  ///   - libraries: names that requirements are imported by; nil when it is not known what is required.
  init(_ files: [String: PythonFile], libraries: Set<String>?) {
    self.files = files
    self.libraries = libraries?.union(Self.standard)
    for (path, file) in files {
      var parts = path.dropLast(3).split(separator: "/").map(String.init)
      if parts.last == "__init__" { parts.removeLast() }
      modules[parts.joined(separator: ".")] = file
      for count in 1..<max(parts.count, 1) { packages.insert(parts[..<count].joined(separator: ".")) }
    }
  }

  /// The modules of Python's library.
  private static let standard = Set(
    String(decoding: PackageResources.stdlib_txt, as: UTF8.self).split(separator: "\n").map(String.init)
  ).union(["__future__"])

  /// In the order of paths and lines.
  var problems: [Report.Problem] {
    files.sorted { $0.key < $1.key }.flatMap { path, file in
      file.imports.flatMap { item in
        problems(of: item).map { Report.Problem(path: path, line: item.line, text: $0) }
      }
    }
  }

  private func problems(of item: PythonFile.Import) -> [String] {
    guard !item.module.hasPrefix(".") else { return ["'\(item.module)' is relative; name the module in full"] }
    let top = String(item.module.prefix { $0 != "." })
    guard packages.contains(top) || modules[top] != nil else {
      return libraries?.contains(top) ?? true
        ? [] : ["'\(item.module)' is no file of the project, no module of Python and in no requirement"]
    }
    let isPackage = packages.contains(item.module)
    guard isPackage || modules[item.module] != nil else { return ["there is no '\(item.module)' in the project"] }
    return item.names.filter { name in
      if name == "*" || modules["\(item.module).\(name)"] != nil || packages.contains("\(item.module).\(name)") {
        return false
      }
      guard let file = modules[item.module] else { return true }
      // What a file that is not Python would define nobody knows.
      return file.defines.map { !$0.contains(name) } ?? false
    }.map { "there is no '\($0)' in '\(item.module)'" }
  }
}
