/// `requirements.txt`: what is needed, and by which names it is imported.
struct Requirements {
  private(set) var problems: [Report.Problem] = []
  /// The names by which what is needed can be imported.
  private(set) var libraries: Set<String> = []

  /// What comes with a requirement because that is made of it.
  private static let brought = ["fastapi": ["starlette"]]

  init(_ text: String) {
    for (number, line) in lines(of: text).enumerated() {
      let requirement = trimmed(line.prefix { $0 != "#" })
      guard !requirement.isEmpty else { continue }
      let name = requirement.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }.lowercased()
      if !requirement.dropFirst(name.count).drop(while: { $0 != "=" }).hasPrefix("==") {
        problems.append(
          .init(
            path: "requirements.txt", line: number + 1, text: "'\(shown(requirement))' has no version (NAME==VERSION)"))
      }
      libraries.insert(name.replacing("-", with: "_"))
      libraries.formUnion(Self.brought[name] ?? [])
    }
  }
}
