import CommandLine
import EventLoop
import FileSystem
import Glibc
import JobModel

/// A file of this machine that a job is to read, under the name that plugins see.
struct InputFile: Equatable {
  enum Source: Equatable {
    case file(String)
    case standardInput
  }

  var name: String
  var source: Source

  init(name: String, source: Source) {
    self.name = name
    self.source = source
  }

  /// A file under its own name.
  init(path: String) {
    self.init(name: lastComponent(path), source: .file(path))
  }

  /// How an error calls it.
  var shown: String {
    switch source {
    case .file(let path): "'\(path)'"
    case .standardInput: "standard input"
    }
  }
}

/// What the arguments of `submit` stand for.
struct FoundInputs {
  var files: [InputFile] = []
  /// What was found in a directory and is left out, with the reason: the user may have meant it.
  var leftOut: [String] = []

  /// A few words for the user; nothing when nothing was left out.
  var remarks: [String] {
    let rest = leftOut.count - leftOutShownMax
    return leftOut.prefix(leftOutShownMax) + (rest > 0 ? ["and \(rest) more of the kind"] : [])
  }
}

/// Finds the files that the arguments of `submit` stand for: a file under its own name; a directory for all the files in
/// it, under their paths in the directory; `-` for standard input.
///
/// Hidden files of a directory are left out; so are its links to other directories and to anything outside of it, and
/// what is no regular file.
///
/// - throws: `UsageError` for what is not there, cannot be read, or would have the name of another input.
func inputFiles(_ arguments: [String], standardInputName: String) throws -> FoundInputs {
  var inputs = FoundInputs()
  for argument in arguments {
    guard argument != "-" else {
      inputs.files.append(InputFile(name: standardInputName, source: .standardInput))
      continue
    }
    guard let status = try FileTree.status(argument) else { throw missing(argument) }
    if status.isDirectory {
      try addFiles(of: argument, to: &inputs)
    } else {
      inputs.files.append(InputFile(path: argument))
    }
  }
  try checkInputFiles(inputs.files)
  return inputs
}

private func addFiles(of directory: String, to inputs: inout FoundInputs) throws {
  let before = inputs.files.count
  try DirectoryWalk(root: directory).addFiles(of: directory, prefix: "", to: &inputs)
  guard inputs.files.count == before else { return }
  throw UsageError(
    "no files in the directory '\(directory)'",
    hint: inputs.leftOut.last.map { "hidden files do not count; \($0)" } ?? "hidden files do not count")
}

/// One walk through a directory that the user has named.
private struct DirectoryWalk {
  let root: String
  /// The same, with links followed and `/` behind it: what begins so is in the directory.
  private let inside: String?

  init(root: String) {
    self.root = root
    inside = realPath(root).map { $0.hasSuffix("/") ? $0 : $0 + "/" }
  }

  func addFiles(of directory: String, prefix: String, to inputs: inout FoundInputs) throws {
    for name in try FileTree.list(directory) where !name.hasPrefix(".") {
      let path = directory + (directory.hasSuffix("/") ? "" : "/") + name
      let isLink = try FileTree.status(path, followingLinks: false)?.isLink ?? false
      guard let status = try FileTree.status(path) else { throw missing(path) }
      if isLink, leadsOut(path) {
        inputs.leftOut.append("'\(path)' leads out of '\(root)' and is left out; name it to have it read")
      } else if status.isRegular {
        inputs.files.append(InputFile(name: prefix + name, source: .file(path)))
      } else if !status.isDirectory {
        inputs.leftOut.append("'\(path)' is no regular file and is left out")
      } else if isLink {
        inputs.leftOut.append("'\(path)' is a link to a directory and is left out")
      } else {
        try addFiles(of: path, prefix: prefix + name + "/", to: &inputs)
      }
    }
  }

  private func leadsOut(_ link: String) -> Bool {
    guard let inside, let target = realPath(link) else { return true }
    return !(target + "/").hasPrefix(inside)
  }
}

extension FileStatus {
  /// Of the status of a path whose links were not followed; what is neither is looked at again with links followed.
  fileprivate var isLink: Bool { !isRegular && !isDirectory }
}

/// Proves that files can be inputs of one job.
///
/// - throws: `UsageError` for what cannot be read, has a name that cannot be used, or the name of another.
func checkInputFiles(_ inputs: [InputFile]) throws {
  var byName: [String: InputFile] = [:]
  for input in inputs {
    do throws(NameError) {
      _ = try ResultPath(input.name)
    } catch {
      throw UsageError(error.message, hint: "rename the file")
    }
    if let other = byName.updateValue(input, forKey: input.name) {
      let hint = "submit a directory that holds both: then their paths tell them apart"
      throw UsageError(
        "two inputs would be named '\(input.name)': \(other.shown) and \(input.shown)",
        hint: input == other ? "give each input once" : hint)
    }
    if case .file(let path) = input.source { try checkReadable(path) }
  }
}

private func checkReadable(_ path: String) throws(UsageError) {
  do throws(FileError) {
    _ = try File.open(path)
  } catch {
    let reason = error.errno == EISDIR ? "it is not a regular file" : error.reason
    throw UsageError("cannot read '\(path)': \(reason)", hint: "nothing was sent; correct it, or leave it out")
  }
}

private func missing(_ path: String) -> UsageError {
  UsageError("there is no '\(path)'", hint: "nothing was sent; check the name")
}

private func lastComponent(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

private let leftOutShownMax = 5
