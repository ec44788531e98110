import Foundation

/// Writes a file, with the directories above it.
func put(_ text: String, at path: String) throws {
  let url = URL(filePath: path)
  try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(text.utf8).write(to: url)
}

func contents(_ path: String) -> String? {
  try? String(contentsOf: URL(filePath: path), encoding: .utf8)
}
