import Testing
@testable import Varlink

struct InterfaceParserTests {
  @Test func `every kind of type is read`() throws {
    let interface = try Interface(
      parsing: """
        # What it is
        # for.
        interface org.example.every-thing2.X

        type Level (low, high_2)

        # Some data.
        type Data (
          # A flag.
          flag: bool,
          n: int, f: float, s: string, o: object, a: any,
          list: []?[string]Level,
          inner: ?(x: int),
          set: [string]()
        )

        method Do(data: Data) -> ()
        error Wrong (why: string)
        """)
    #expect(interface.name == "org.example.every-thing2.X")
    #expect(interface.documentation == ["What it is", "for."])
    let data = try #require(interface.type(named: "Data"))
    #expect(data.documentation == ["Some data."])
    guard case .structure(let fields) = data.type else { return #expect(Bool(false), "Data is a structure") }
    #expect(fields.map(\.name) == ["flag", "n", "f", "s", "o", "a", "list", "inner", "set"])
    #expect(fields[0].documentation == ["A flag."])
    #expect(
      fields.map(\.type) == [
        .bool, .int, .float, .string, .object, .any, .array(of: .optional(.map(of: .named("Level")))),
        .optional(.structure([Field(name: "x", documentation: [], type: .int)])), .map(of: .structure([])),
      ])
    #expect(interface.method(named: "Do")?.parameters.map(\.type) == [.named("Data")])
    #expect(interface.method(named: "Do")?.reply == [])
    #expect(interface.errors.map(\.name) == ["Wrong"])
    #expect(interface.type(named: "Missing") == nil)
    #expect(interface.method(named: "Missing") == nil)
  }

  @Test func `a comment belongs to the declaration right below it`() throws {
    let interface = try Interface(
      parsing: """
        # Of nothing.

        interface org.example # Of nothing either.

        # Old.

        # Of Do.
        #
        #   Indented.
        method Do() -> () # Behind it.
        method Other() -> ()
        """)
    #expect(interface.documentation == [])
    #expect(interface.method(named: "Do")?.documentation == ["Of Do.", "", "  Indented."])
    #expect(interface.method(named: "Other")?.documentation == [])
  }

  @Test(arguments: [
    ("", 1, 1), ("interface", 1, 10), ("interface example", 1, 11), ("interface org..example", 1, 11),
    ("interface org.-example", 1, 11), ("interface 1org.example", 1, 11), ("method Do() -> ()", 1, 1),
    ("interface org.example\nfoo Do() -> ()", 2, 1), ("interface org.example\nmethod do() -> ()", 2, 8),
    ("interface org.example\nmethod Do() - ()", 2, 13), ("interface org.example\nmethod Do()", 2, 12),
    ("interface org.example\nmethod Do(a, b) -> ()", 2, 10),
    ("interface org.example\nmethod Do(a: int b: int) -> ()", 2, 18),
    ("interface org.example\nmethod Do(a: int,) -> ()", 2, 18),
    ("interface org.example\nmethod Do(a: integer) -> ()", 2, 14),
    ("interface org.example\nmethod Do(a: Missing) -> ()", 2, 14),
    ("interface org.example\nmethod Do(a: ??int) -> ()", 2, 15),
    ("interface org.example\nmethod Do(a: [int]string) -> ()", 2, 14),
    ("interface org.example\nmethod Do(a_: int) -> ()", 2, 11),
    ("interface org.example\nmethod Do(a__b: int) -> ()", 2, 11),
    ("interface org.example\nmethod Do(a: int, a: int) -> ()", 2, 19),
    ("interface org.example\ntype T (a, b: int)", 2, 12), ("interface org.example\ntype T (a: int, b)", 2, 17),
    ("interface org.example\ntype T int", 2, 8), ("interface org.example\ntype T (a: int)\nerror T ()", 3, 7),
    ("interface org.example\nerror E", 2, 8), ("interface org.example\nmethod Do(é: int) -> ()", 2, 11),
    ("interface org.example\nmethod Do(a: int\n\n", 4, 1),
  ])
  func `a mistake is refused with its line and column`(text: String, line: Int, column: Int) {
    let error = #expect(throws: InterfaceError.self) { try Interface(parsing: text) }
    #expect(error?.line == line, "\(error?.description ?? "")")
    #expect(error?.column == column, "\(error?.description ?? "")")
  }

  @Test func `types that nest without end need no stack`() {
    let text = "interface org.example\nmethod Do(a: \(String(repeating: "[]", count: 100_000))int) -> ()"
    #expect(throws: InterfaceError.self) { try Interface(parsing: text) }
  }
}
