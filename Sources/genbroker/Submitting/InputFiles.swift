import CommandLine
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

  /// How an error calls it.
  var shown: String {
    switch source {
    case .file(let path): "'\(path)'"
    case .standardInput: "standard input"
    }
  }
}

/// Finds the files that the arguments of `submit` stand for: a file under its own name; a directory for all the files in
/// it, under their paths in the directory; `-` for standard input.
///
/// Hidden files of a directory are left out, and its links to other directories are not followed.
///
/// - throws: `UsageError` for what is not there, cannot be read, or would have the name of another input.
func inputFiles(_ arguments: [String], standardInputName: String) throws -> [InputFile] {
  var inputs: [InputFile] = []
  for argument in arguments {
    guard argument != "-" else {
      inputs.append(InputFile(name: standardInputName, source: .standardInput))
      continue
    }
    guard let status = try FileTree.status(argument) else { throw missing(argument) }
    if status.isDirectory {
      let found = try filesBelow(argument, prefix: "")
      guard !found.isEmpty else {
        throw UsageError("no files in the directory '\(argument)'", hint: "hidden files do not count")
      }
      inputs += found
    } else {
      inputs.append(InputFile(name: lastComponent(argument), source: .file(argument)))
    }
  }
  try check(inputs)
  return inputs
}

private func filesBelow(_ directory: String, prefix: String) throws -> [InputFile] {
  var files: [InputFile] = []
  for name in try FileTree.list(directory) where !name.hasPrefix(".") {
    let path = directory + (directory.hasSuffix("/") ? "" : "/") + name
    let isLink = try FileTree.status(path, followingLinks: false)?.isLink ?? false
    guard let status = try FileTree.status(path) else { throw missing(path) }
    if status.isRegular {
      files.append(InputFile(name: prefix + name, source: .file(path)))
    } else if status.isDirectory, !isLink {
      files += try filesBelow(path, prefix: prefix + name + "/")
    }
  }
  return files
}

extension FileStatus {
  fileprivate var isLink: Bool { !isRegular && !isDirectory }
}

private func check(_ inputs: [InputFile]) throws {
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
    throw UsageError("cannot read '\(path)': \(reason)", hint: "nothing was submitted; correct it, or leave it out")
  }
}

private func missing(_ path: String) -> UsageError {
  UsageError("there is no '\(path)'", hint: "nothing was submitted; check the name")
}

private func lastComponent(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}
