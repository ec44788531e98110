/// `deck.csv`, as Anki imports texts: lines that begin with `#` say how, then one line for each pair (RFC 4180). Columns: an id,
/// by which a note that is there already is changed instead of made once more; front; back; tags.
///
/// The fields are the texts themselves. Text that begins with `=`, `+`, `-` or `@` is a formula to some spreadsheets, and a sign in
/// front of it would be on the card: who opens the file in a spreadsheet imports the columns as text.
enum DeckCSV {
  static func text(_ deck: Deck) -> String {
    let head = [
      "#separator:Comma", "#html:false", "#notetype:Basic", "#deck:\(deck.rules.deck)", "#columns:Id,Front,Back,Tags",
      "#guid column:1", "#tags column:4",
    ]
    let rows = deck.pairs.map { pair in
      [pair.id, pair.front, pair.back, pair.tags.joined(separator: " ")].map(field).joined(separator: ",")
    }
    return (head + rows).map { $0 + "\n" }.joined()
  }

  /// Always in quotes: then nothing in it separates anything.
  private static func field(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
}
