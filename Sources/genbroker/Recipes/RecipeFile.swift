import CommandLine
import FileSystem
import Glibc
import JSON
import JobModel
import Recipes
import YAML

/// Reads files that belong to recipes.
enum RecipeFile {
  /// - throws: `UsageError` when the file cannot be read or is too long.
  static func bytes(_ path: String) throws(UsageError) -> [UInt8] {
    do throws(FileError) {
      return try FileTree.read(path, limitBytes: fileBytesMax)
    } catch {
      let reason = error.errno == EISDIR ? "it is not a regular file" : error.reason
      throw UsageError("cannot read '\(path)': \(reason)", hint: "check the path")
    }
  }

  /// - throws: `UsageError` when the file cannot be read; what is wrong with the recipe is in the result.
  static func recipe(_ path: String) throws(UsageError) -> Result<Recipe, RecipeError> {
    let bytes = try bytes(path)
    return Result { () throws(RecipeError) in try Recipe(parsing: bytes) }
  }

  /// More than any recipe and value may have; the library says what is too long for it.
  private static let fileBytesMax = 16 << 20

  /// `name=text` or `name=@path`. Of a file that the job reads itself, however large, only the name is wanted.
  static func given(_ option: KeyValue, _ recipe: Recipe) throws(UsageError) -> GivenInput {
    guard option.value.hasPrefix("@") else { return GivenInput(option.key, .text(option.value)) }
    let path = String(option.value.dropFirst())
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let kind = recipe.inputs.first { $0.name == option.key }?.kind
    let isForJob = kind == .file || kind == .files
    return GivenInput(option.key, .file(name: name, bytes: isForJob ? [] : try bytes(path)))
  }

  /// `key=json` or `key=@path`: what a task is taken to have made.
  static func made(_ option: KeyValue) throws -> (TaskKey, JSONValue) {
    let isFile = option.value.hasPrefix("@")
    let bytes = isFile ? try bytes(String(option.value.dropFirst())) : Array(option.value.utf8)
    do {
      return (try TaskKey(option.key), try JSONDocument(bytes).root)
    } catch let error as JSONError {
      throw UsageError(
        "the output of '\(option.key)' is no JSON: \(error)", hint: "give JSON, or @FILE with JSON in it")
    } catch let error as NameError {
      throw UsageError(error.message, hint: error.remedy)
    }
  }
}

extension RecipeError {
  /// For readers that are programs.
  func json(file: String) -> JSONTree {
    [
      "file": .string(file),
      "error": [
        "line": .int(Int64(place.line)), "column": .int(Int64(place.column)), "problem": .string(problem),
        "remedy": .string(remedy),
      ],
    ]
  }
}
