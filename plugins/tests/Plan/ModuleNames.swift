import ProcessFiles

/// Names of files and folders that are names of Python modules, too.
enum ModuleNames {
  /// A name for each key: small and capital letters as in the key, digits and `_`, each once however letters are compared.
  ///
  /// Keys whose names would be the same get a mark of the whole key, all of them: so a name does not depend on the order of the
  /// keys.
  static func names(for keys: [String], reserved: Set<String> = []) -> [String] {
    let plain = keys.map { identifier($0) }
    var uses: [String: Int] = [:]
    for name in plain { uses[name.lowercased(), default: 0] += 1 }
    var taken = reserved
    return zip(keys, plain).map { key, name in
      let isFree = !name.isEmpty && uses[name.lowercased()] == 1 && taken.insert(name.lowercased()).inserted
      return isFree ? name : marked(name, key, &taken)
    }
  }

  private static func marked(_ name: String, _ key: String, _ taken: inout Set<String>) -> String {
    let base = (name.isEmpty ? "id" : name) + "_" + FileNames.mark(key)
    var (result, ordinal) = (base, 1)
    while !taken.insert(result.lowercased()).inserted {
      ordinal += 1
      result = "\(base)_\(ordinal)"
    }
    return result
  }

  /// What is left of a text when everything that is no letter, digit or `_` becomes `_`; empty when nothing is left.
  static func identifier(_ text: String, bytesMax: Int = FileNames.slugBytesMax) -> String {
    let parts = FileNames.slug(text, bytesMax: bytesMax).split { !($0.isLetter || $0.isNumber || $0 == "_") }
    let name = parts.joined(separator: "_")
    return name.first?.isNumber == true ? "_" + name : name
  }
}

/// Names of the tests of one file.
struct TestNames {
  private var taken: Set<String>

  /// - Parameter reserved: names that cannot be given.
  init(reserved: Set<String> = []) { taken = reserved }

  /// `test_…`, unique in the file.
  mutating func name(_ words: String) -> String {
    let slug = ModuleNames.identifier(words, bytesMax: 100).lowercased()
    let base = "test_" + (slug.isEmpty ? "it" : slug)
    var (result, ordinal) = (base, 1)
    while !taken.insert(result).inserted {
      ordinal += 1
      result = "\(base)_\(ordinal)"
    }
    return result
  }
}
