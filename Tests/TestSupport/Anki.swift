import Foundation

/// Anki itself, by its library from PyPI: what becomes of texts that are imported into an empty collection.
package enum Anki {
  /// A note of the collection.
  package struct Note: Decodable, Sendable {
    package let guid: String
    /// HTML.
    package let fields: [String]
    package let tags: [String]
    /// Of its cards, each once.
    package let decks: [String]
    package let type: String
  }

  /// What one import has done.
  package struct Import: Decodable, Sendable {
    package let new: Int
    package let updated: Int
    /// There already, as they are.
    package let unchanged: Int
    /// Whatever else Anki counts: conflicts, empty fields, missing decks and note types.
    package let refused: Int
  }

  /// All notes, by their guid, and what each import has done.
  package struct Collection: Decodable, Sendable {
    package let notes: [Note]
    package let imports: [Import]
  }

  /// The interpreter whose `anki` is used (`GENBROKER_PYTEST_PYTHON`, set by `contrib/test`); nil, with a word about it, where
  /// there is none.
  package static let python: String? = {
    let python = ProcessInfo.processInfo.environment["GENBROKER_PYTEST_PYTHON"] ?? "python3"
    let ran = try? PythonJudge.run("import anki.collection", Data(), python: python)
    if ran?.status == 0 { return python }
    print("skipped: \(python) has no package 'anki', which 'contrib/test' installs")
    return nil
  }()

  /// Imports texts one after the other, as the program does for who changes nothing in its dialog.
  package static func importing(_ texts: [String], python: String) throws -> Collection {
    let (status, output) = try PythonJudge.run(script, try JSONEncoder().encode(texts), python: python)
    guard status == 0 else { throw SupportError(message: "anki ends with \(status)") }
    return try JSONDecoder().decode(Collection.self, from: output)
  }

  private static let script = """
    import json, os, sys, tempfile
    from anki.collection import Collection, ImportCsvRequest
    imports = []
    with tempfile.TemporaryDirectory() as folder:
        collection = Collection(os.path.join(folder, "collection.anki2"))
        for number, text in enumerate(json.load(sys.stdin)):
            path = os.path.join(folder, f"{number}.csv")
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            metadata = collection.get_csv_metadata(path=path, delimiter=None)
            log = collection.import_csv(ImportCsvRequest(path=path, metadata=metadata)).log
            imports.append({
                "new": len(log.new), "updated": len(log.updated), "unchanged": len(log.duplicate),
                "refused": len(log.conflicting) + len(log.missing_notetype) + len(log.missing_deck)
                + len(log.empty_first_field)})
        notes = [collection.get_note(number) for number in collection.find_notes("")]
        json.dump({"imports": imports, "notes": [{
            "guid": note.guid, "fields": note.fields, "tags": note.tags, "type": note.note_type()["name"],
            "decks": sorted({collection.decks.name(card.did) for card in note.cards()})} for note in notes]}, sys.stdout)
        collection.close()
    """
}
