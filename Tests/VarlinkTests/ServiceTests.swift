import JSON
import Testing
import Varlink

struct ServiceTests {
  private static let text = """
    # A thing.
    interface org.example.Thing
    type Level (low, high)
    type Item (key: string, level: Level, size: ?int)
    method Do(items: []Item, labels: ?[string]string, f: ?float, o: ?object, any: ?any, inner: ?(deep: []int)) -> ()
    """

  private func service() throws -> Service {
    try Service(
      Service.Info(vendor: "V", product: "P", version: "1.2", url: "https://example.org"),
      interfaces: [try Interface(parsing: Self.text)])
  }

  private func call(_ method: String, _ parameters: String = "{}", flag: String = "more", _ on: Bool = false) throws
    -> Call
  {
    try Call(decoding: Array(#"{"method":"\#(method)","\#(flag)":\#(on),"parameters":\#(parameters)}"#.utf8))
  }

  private func answer(_ call: Call) throws -> JSONTree? {
    guard let write = try service().answer(call) else { return nil }
    var writer = JSONWriter()
    writer.object(write)
    return JSONTree(RawJSON(written: writer).value)
  }

  @Test func `GetInfo says who the service is, and lists itself among the interfaces`() throws {
    #expect(
      try answer(call("org.varlink.service.GetInfo")) == [
        "vendor": "V", "product": "P", "version": "1.2", "url": "https://example.org",
        "interfaces": ["org.varlink.service", "org.example.Thing"],
      ])
  }

  @Test func `GetInterfaceDescription gives the very text, also its own`() throws {
    let method = "org.varlink.service.GetInterfaceDescription"
    #expect(try answer(call(method, #"{"interface":"org.example.Thing"}"#)) == ["description": .string(Self.text)])
    let own = try answer(call(method, #"{"interface":"org.varlink.service"}"#))
    guard case .string(let text)? = own?["description"] else { return #expect(Bool(false), "a text is expected") }
    let names = try Interface(parsing: text).errors.map(\.name)
    #expect(
      names == [
        "InterfaceNotFound", "MethodNotFound", "MethodNotImplemented", "InvalidParameter", "PermissionDenied",
        "ExpectedMore", "ExpectedUpgrade",
      ])
  }

  @Test func `calls of other interfaces are not answered here`() throws {
    #expect(try answer(call("org.example.Thing.Do")) == nil)
  }

  @Test(arguments: [
    (
      "org.varlink.service.GetInterfaceDescription", #"{"interface":"org.none"}"#,
      ServiceError.interfaceNotFound("org.none")
    ),
    ("org.varlink.service.GetInterfaceDescription", "{}", .invalidParameter("interface")),
    ("org.varlink.service.GetInfo", #"{"x":1}"#, .invalidParameter("x")),
    ("org.varlink.service.Nothing", "{}", .methodNotFound("org.varlink.service.Nothing")),
  ])
  func `wrong calls of the service are answered by its errors`(method: String, parameters: String, error: ServiceError)
    throws
  {
    #expect(throws: error) { try answer(call(method, parameters)) }
  }

  @Test func `unknown interfaces, methods and upgrades are refused`() throws {
    let service = try service()
    #expect(throws: ServiceError.interfaceNotFound("org.none")) { try service.check(call("org.none.Do")) }
    #expect(throws: ServiceError.interfaceNotFound("")) { try service.check(call("Do")) }
    #expect(throws: ServiceError.methodNotFound("org.example.Thing.Undo")) {
      try service.check(call("org.example.Thing.Undo"))
    }
    #expect(throws: ServiceError.methodNotImplemented("org.example.Thing.Do")) {
      try service.check(call("org.example.Thing.Do", #"{"items":[]}"#, flag: "upgrade", true))
    }
  }

  @Test(arguments: [
    #"{"items":[]}"#, #"{"items":[{"key":"a","level":"low"},{"key":"","level":"high","size":null}]}"#,
    #"{"items":[],"labels":{"a":"b","c":""},"f":1,"o":{"x":[1]},"any":[1,"a"],"inner":{"deep":[1,2]}}"#,
    #"{"items":[],"labels":null,"f":-1.5e3,"o":null,"any":null,"inner":null}"#,
  ])
  func `parameters that the description allows pass`(parameters: String) throws {
    try service().check(call("org.example.Thing.Do", parameters))
  }

  @Test(arguments: [
    ("{}", "items"), (#"{"items":null}"#, "items"), (#"{"items":{}}"#, "items"), (#"{"items":[1]}"#, "items[0]"),
    (#"{"items":[{"key":"a","level":"low"},{"level":"low"}]}"#, "items[1].key"),
    (#"{"items":[{"key":1,"level":"low"}]}"#, "items[0].key"),
    (#"{"items":[{"key":"a","level":"middle"}]}"#, "items[0].level"),
    (#"{"items":[{"key":"a","level":1}]}"#, "items[0].level"),
    (#"{"items":[{"key":"a","level":"low","size":1.0}]}"#, "items[0].size"),
    (#"{"items":[{"key":"a","level":"low","size":1e3}]}"#, "items[0].size"),
    (#"{"items":[{"key":"a","level":"low","size":9223372036854775808}]}"#, "items[0].size"),
    (#"{"items":[{"key":"a","level":"low","siz":1}]}"#, "items[0].siz"),
    (#"{"items":[],"labels":{"a":1}}"#, "labels.a"), (#"{"items":[],"labels":{"a":null}}"#, "labels.a"),
    (#"{"items":[],"f":"1"}"#, "f"), (#"{"items":[],"f":1e999}"#, "f"), (#"{"items":[],"o":[]}"#, "o"),
    (#"{"items":[],"inner":{"deep":[1,"x"]}}"#, "inner.deep[1]"), (#"{"items":[],"extra":null}"#, "extra"),
  ])
  func `a wrong field is named by its path`(parameters: String, path: String) throws {
    #expect(throws: ServiceError.invalidParameter(path)) {
      try service().check(call("org.example.Thing.Do", parameters))
    }
  }

  @Test(arguments: [
    ServiceError.interfaceNotFound("a.b"), .methodNotFound("a.b.C"), .methodNotImplemented("a.b.C"),
    .invalidParameter("x[1].y"), .permissionDenied, .expectedMore, .expectedUpgrade,
  ])
  func `every error of the service survives the wire`(error: ServiceError) throws {
    let bytes = Reply.encoded(error: error.name, parameters: error.writeParameters)
    #expect(ServiceError(try Reply(decoding: bytes.dropLast())) == error)
  }
}
