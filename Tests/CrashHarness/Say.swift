import Foundation

/// Writes a line at once, so that a long run can be followed through a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
