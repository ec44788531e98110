import JSON
import JSONSchema
import PluginKit

/// What a recipe asks for with op `pairs`, and the two files that the task declares: one that ends with `.json`, one with `.csv`.
struct PairsPayload {
  let prompt: String
  /// Names of inputs of the job.
  let sources: [String]
  let banned: [String]
  let language: String?
  let rules: PairRules
  /// Pairs asked for in one question at most.
  let batch: Int
  let roundsMax: Int
  let tokensMax: Int
  let jsonPath: String
  let csvPath: String

  private static let members = [
    "prompt", "topic", "source", "count", "banned", "language", "deck", "tags", "schema", "batch", "rounds",
    "max_tokens",
  ]

  /// - Throws: `PluginFailure` of class `bad_payload` for what is missing, unknown or of the wrong type.
  init(_ task: GenerationTask) throws {
    let reader = try PayloadReader(task.payload.raw.value, members: Self.members)
    prompt = try reader.text("prompt") ?? ""
    let topic = try reader.text("topic")
    guard !prompt.trimmed.isEmpty else {
      throw PayloadReader.wrong("the payload has no prompt", "say in 'prompt' what the pairs are to be about")
    }
    sources = try reader.texts("source", allowsOne: true)
    banned = try reader.texts("banned")
    language = try reader.text("language")
    let count = try reader.number("count", in: 1...Limits.pairsMax) ?? Self.countDefault
    rules = PairRules(
      deck: Self.deckName(try reader.text("deck") ?? topic ?? task.title), count: count, ban: BanList(banned),
      tags: try reader.texts("tags").map(Self.tag).filter { !$0.isEmpty },
      schema: try Self.schema(reader.value("schema")))
    batch = try reader.number("batch", in: 1...Limits.batchMax) ?? min(count, Limits.batchMax)
    roundsMax =
      try reader.number("rounds", in: 1...Limits.roundsMax) ?? Self.roundsDefault + 2 * ((count + batch - 1) / batch)
    tokensMax = try reader.number("max_tokens", in: 1...Limits.textTokensMax) ?? Limits.pairsTokensMax
    (jsonPath, csvPath) = try Self.paths(task.outputs)
    guard banned.count <= Limits.bannedMax, banned.allSatisfy({ $0.utf8.count <= Limits.bannedBytesMax }) else {
      throw PayloadReader.wrong(
        "'banned' has more than \(Limits.bannedMax) terms, or one of more than \(Limits.bannedBytesMax) bytes",
        "shorten it")
    }
  }

  private static func paths(_ outputs: [String]) throws -> (String, String) {
    let json = outputs.filter { $0.hasSuffix(".json") }
    let csv = outputs.filter { $0.hasSuffix(".csv") }
    guard outputs.count == 2, let first = json.first, let second = csv.first else {
      throw PayloadReader.wrong(
        "the task declares other outputs than op pairs writes",
        "declare two: one that ends with .json, and one that ends with .csv")
    }
    return (first, second)
  }

  private static func schema(_ value: JSONValue?) throws -> Schema? {
    guard let value else { return nil }
    let names = value["properties"]?.members?.map(\.key) ?? []
    guard names.allSatisfy({ $0 == "front" || $0 == "back" }) else {
      throw PayloadReader.wrong(
        "the schema has other properties than front and back",
        "write the schema of one pair: an object of these two texts")
    }
    do throws(SchemaError) {
      return try Schema(parsing: value)
    } catch {
      throw PayloadReader.wrong("the schema: \(error)", "correct it; plugins/README.md says what a schema may hold")
    }
  }

  /// In one line, since it stands in a line of a file.
  private static func deckName(_ text: String) -> String {
    let name = CardText.front(text)
    return name.isEmpty ? "Deck" : String(name.prefix(Limits.deckNameCharactersMax))
  }

  /// White space would make two tags of one.
  private static func tag(_ text: String) -> String {
    CardText.front(text).split(separator: " ").joined(separator: "-")
  }

  private static let countDefault = 50
  private static let roundsDefault = 10
}
