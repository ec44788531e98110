import CommandLine
import FileSystem
import Glibc
import HTTPTransport
import JSON
import YAML

/// Reads files that belong to hooks.
enum HookFiles {
  static let bytesMax = 256 * 1024

  /// - throws: `UserError` when the file cannot be read or is too long.
  static func bytes(_ path: String) throws(UserError) -> [UInt8] {
    do throws(FileError) {
      return try FileTree.read(path, limitBytes: bytesMax)
    } catch {
      let reason = error.errno == EISDIR ? "it is not a regular file" : error.reason
      throw UserError("cannot read '\(path)': \(reason)", remedy: "check the path", exitCode: .usage)
    }
  }
}

extension HookTemplate {
  /// Reads a template: JSON.
  ///
  /// - throws: `UserError` with file, line and column of the first thing that is wrong.
  init(file path: String) throws(UserError) {
    let bytes = try HookFiles.bytes(path)
    let body: JSONTree
    do throws(JSONError) {
      body = JSONTree(try JSONDocument(bytes).root)
    } catch {
      throw YAMLError(
        Self.place(ofByte: error.offset, bytes), "this is no JSON: \(error.code.rawValue)", remedy: "mend it here"
      )
      .asUserError(file: path)
    }
    do throws(HookTemplateProblem) {
      try self.init(body)
    } catch {
      // The texts of placeholders hold nothing that JSON would write in another way, but for those of somebody who tries.
      let wrong = Array(error.text.utf8)
      let offset = bytes.indices.first { bytes[$0...].starts(with: wrong) }
      throw YAMLError(Self.place(ofByte: offset ?? 0, bytes), error.problem, remedy: error.remedy).asUserError(
        file: path)
    }
  }

  private static func place(ofByte offset: Int, _ bytes: [UInt8]) -> Place {
    let before = String(decoding: bytes.prefix(offset), as: UTF8.self)
    let line = before.unicodeScalars.reversed().prefix { $0 != "\n" }
    return Place(line: before.utf8.count { $0 == UInt8(ascii: "\n") } + 1, column: line.count + 1)
  }
}

extension HookCommand {
  /// A program with its arguments; a name without a slash is looked for in `PATH`.
  ///
  /// - parameter directory: what a relative path counts from.
  /// - throws: `UsageError` when there is no such program.
  init(finding words: [String], besides directory: String, _ environment: [String: String]) throws(UsageError) {
    guard let program = words.first, !program.isEmpty else {
      throw UsageError("the command is empty", hint: "name a program")
    }
    let candidates =
      program.contains("/")
      ? [FileTree.absolute(program, in: directory)]
      : (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(program)" }
    guard let found = candidates.first(where: Self.isProgram) else {
      throw UsageError(
        "there is no program '\(program)'" + (program.contains("/") ? "" : " in PATH"),
        hint: "check the name, and that it is executable")
    }
    self.init(executable: found, arguments: Array(words.dropFirst()))
  }

  /// A text for a shell.
  static func shell(_ text: String) -> HookCommand { HookCommand(executable: "/bin/sh", arguments: ["-c", text]) }

  private static func isProgram(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}

extension Webhook.Header {
  /// - throws: `UsageError` for what no header can hold, or no secret.
  init(name: String, value: String, besides directory: String? = nil) throws(UsageError) {
    guard HTTPHeader.isName(name), HTTPHeader.isValue(value) else {
      throw UsageError("'\(name)' is no header", hint: "write 'Name: value' in printable ASCII")
    }
    guard !["host", "content-length", "transfer-encoding", "connection", "idempotency-key"].contains(name.lowercased())
    else { throw UsageError("the header '\(name)' is set by this program", hint: "leave it out") }
    self.init(name: name, value: try SecretText(value, besides: directory))
  }
}
