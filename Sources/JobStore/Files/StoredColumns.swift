import JSON
import JobModel

/// What is said of files, as the rows of jobs and tasks hold it: an object of JSON, absent when nothing is said.
enum StoredColumns {
  static func json(_ columns: FileColumns) -> [UInt8]? {
    guard !columns.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      for (name, value) in columns.members { writer.member(name.rawValue, value) }
    }
    return writer.bytes
  }

  /// What an object, such as the metadata of a file, says in members of these names; what could not be a column is left where it is.
  static func columns(_ json: [UInt8]?) -> FileColumns {
    // What is no JSON says nothing; whoever has sent it was told.
    guard let json, let members = try? JSONDocument(json).root.members else { return FileColumns() }
    return members.reduce(into: FileColumns()) { columns, member in
      guard let name = FileColumns.Name(rawValue: member.key), let value = member.value.string,
        FileColumns.isValue(value), name != .status || value != FileColumns.archived
      else { return }
      columns[name] = value
    }
  }
}

/// The collections of a task, as its row holds them: `{"names":[…],"section":…}`.
enum StoredCollections {
  static func json(of task: NewTask) -> [UInt8]? {
    guard !task.collections.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("names")
      writer.array { writer in
        for collection in task.collections { writer.string(collection.text) }
      }
      writer.member("section", task.section)
    }
    return writer.bytes
  }

  static func read(_ json: [UInt8]) -> (names: [CollectionName], section: String?) {
    guard let root = try? JSONDocument(json).root else { return (names: [], section: nil) }
    let names = (root["names"]?.elements ?? []).compactMap { $0.string.flatMap { try? CollectionName($0) } }
    return (names, root["section"]?.string)
  }
}
