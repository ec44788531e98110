/// The candidate that was most probably meant, if one is near enough to be worth naming.
///
/// Near is an edit distance (insert, delete, replace, swap neighbours) of at most a third of the length, or being the
/// only candidate that begins with what was typed. Ties go to the candidate listed first.
package func nearest(to typed: String, among candidates: [String]) -> String? {
  let completions = candidates.filter { $0.hasPrefix(typed) && typed.count >= suggestionPrefixCharacters }
  if completions.count == 1 { return completions[0] }
  let distances = candidates.map { ($0, editDistance(typed.lowercased(), $0.lowercased())) }
  guard let best = distances.min(by: { $0.1 < $1.1 }) else { return nil }
  let bareLength = min(max(typed.count, best.0.count), comparedCharactersMax) - (best.0.hasPrefix("--") ? 2 : 0)
  return best.1 <= max(1, bareLength / 3) && best.1 < bareLength ? best.0 : nil
}

/// Shorter beginnings than this fit too many names to be a hint.
private let suggestionPrefixCharacters = 3

/// Longer words are compared by their beginning only: a pasted file must not cost a quadratic amount of time.
private let comparedCharactersMax = 64

/// The optimal string alignment distance.
func editDistance(_ left: String, _ right: String) -> Int {
  let left = Array(left.prefix(comparedCharactersMax))
  let right = Array(right.prefix(comparedCharactersMax))
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for i in left.indices {
    var row = [i + 1]
    for j in right.indices {
      let replaced = last[j] + (left[i] == right[j] ? 0 : 1)
      var best = min(replaced, last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        best = min(best, beforeLast[j - 1] + 1)
      }
      row.append(best)
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
