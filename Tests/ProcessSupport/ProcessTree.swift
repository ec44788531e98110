import Foundation

/// The parent of a process that lives; `nil` for one that has ended.
package func parent(of pid: Int32) -> Int32? {
  guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
  // After the name, which stands in parentheses and may hold any character: the state and the parent.
  let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
  guard fields.count > 2, fields[1] != "Z" else { return nil }
  return Int32(fields[2])
}

/// Whether every thread of a process stands still: a signal to stop reaches each of them in its own time.
package func isStopped(_ pid: Int32) -> Bool {
  let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
  return !threads.isEmpty
    && threads.allSatisfy { thread in
      let stat = (try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/stat", encoding: .utf8)) ?? ""
      // The state stands behind the name, which may hold a parenthesis itself: proc(5).
      return stat.split(separator: ")").last?.hasPrefix(" T") == true
    }
}

/// The processes that a process has started and that live, whichever thread of it started them: proc(5).
package func children(of pid: Int32) -> [Int32] {
  let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
  return threads.flatMap { thread in
    let text = (try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/children", encoding: .utf8)) ?? ""
    return text.split(separator: " ").compactMap { Int32($0) }
  }
}
