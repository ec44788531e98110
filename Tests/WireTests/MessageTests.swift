import JSON
import Testing
import Varlink
import Wire

struct MessageTests {
  private static let seed = UInt64.random(in: 1...UInt64.max)

  @Test(arguments: try Described.all())
  func `every call and every reply of every method comes back as it was sent`(described: Described) throws {
    print("messages of \(described.interface.name) from seed \(Self.seed)")
    var samples = Samples(interface: described.interface, random: SeededGenerator(state: Self.seed))
    for method in described.interface.methods {
      for presence in [Samples.Presence.all, .none, .some] {
        let parameters = samples.object(method.parameters, presence)
        let call = try #require(try described.decode(method.name, RawJSON(parameters).value), "\(method.name)")
        let called = tree(call)
        #expect(called == parameters.sorted, "\(method.name), seed \(Self.seed)")
        let name = type(of: call).method
        #expect(name == "\(described.interface.name).\(method.name)")
        let reply = samples.object(method.reply, presence)
        let replied = try replyTree(call, reply)
        #expect(replied == reply.sorted, "\(method.name), seed \(Self.seed)")
      }
    }
  }

  @Test(arguments: try Described.all())
  func `generated decoders name the same wrong field as the description`(described: Described) throws {
    var samples = Samples(interface: described.interface, random: SeededGenerator(state: Self.seed))
    var refused = 0
    for method in described.interface.methods {
      for _ in 0..<60 {
        let parameters = damaged(samples.object(method.parameters, .some), &samples.random)
        let value = RawJSON(parameters).value
        let expected = described.interface.mismatch(of: value, with: method.parameters)
        var actual: String?
        do { _ = try described.decode(method.name, value) } catch { actual = error.path }
        #expect(actual == expected, "\(method.name), seed \(Self.seed): \(parameters)")
        refused += expected == nil ? 0 : 1
      }
    }
    #expect(refused > 0, "nothing was damaged")
  }

  @Test(arguments: try Described.all())
  func `a method that is not there is not decoded`(described: Described) throws {
    #expect(try described.decode("Nothing", RawJSON.emptyObject.value) == nil)
  }

  /// The types of all errors; the test compares the list with the descriptions.
  private static let failures: [any WireFailure.Type] = [
    AdminAPI.NotAllowed.self, AdminAPI.Failed.self, FilesAPI.NoSuchFile.self, FilesAPI.NoSuchCollection.self,
    FilesAPI.Damaged.self,
    AdminAPI.NoSuchWorker.self, AdminAPI.NoSuchAccount.self, FilesAPI.NoSuchTask.self,
    AdminAPI.NoSuchJob.self, AdminAPI.Refused.self, FilesAPI.NoSuchJob.self,
    FilesAPI.Conflict.self, FilesAPI.Refused.self, JobsAPI.NoSuchJob.self, JobsAPI.NoSuchTask.self,
    JobsAPI.Conflict.self, JobsAPI.Refused.self,
    JobsAPI.CursorTooOld.self, JobsAPI.Draining.self, WorkerAPI.NoSuchSession.self, WorkerAPI.StaleLease.self,
    WorkerAPI.Refused.self, WorkerAPI.StoreBusy.self, WorkerAPI.Conflict.self, WorkerAPI.NoSuchInput.self,
    WorkerAPI.NoSuchCall.self, WorkerAPI.Draining.self, JobsAPI.NoSuchCall.self,
    CertificationAPI.ClientIdError.self, CertificationAPI.CertificationError.self,
  ]

  @Test func `every error comes back as it was sent`() throws {
    var declared: [String] = []
    for interface in try BrokerInterfaces.all() {
      var samples = Samples(interface: interface, random: SeededGenerator(state: Self.seed))
      for error in interface.errors {
        let name = "\(interface.name).\(error.name)"
        declared.append(name)
        let type = try #require(Self.failures.first { $0.name == name }, "\(name)")
        let parameters = samples.object(error.parameters, .all)
        let back = try failureTree(type, parameters)
        #expect(back == parameters.sorted)
      }
    }
    #expect(Self.failures.map { $0.name }.sorted() == declared.sorted())
  }

  @Test func `a reply may have fields that this side does not know, a call may not`() throws {
    let value = RawJSON(["version": 3, "duplicate": false, "new": 1]).value
    #expect(try WorkerAPI.PutResult.Reply(wire: value, .ignored).version == 3)
    #expect(throws: FieldError("new", .unknown)) { try WorkerAPI.PutResult.Reply(wire: value, .refused) }
  }

  @Test func `a call goes over the wire in these bytes`() {
    var client = ClientConnection(limits: WireLimits.connection)
    client.call(
      WorkerAPI.PutResult(
        session: "5e55", lease: 7, path: "pages/a.html", mediaType: "text/html", data: "aGk=", meta: ["view": "main"]))
    let expected = """
      {"method":"org.genbroker.Worker.PutResult","parameters":{"session":"5e55","lease":7,"path":"pages/a.html",\
      "media_type":"text/html","data":"aGk=","meta":{"view":"main"}}}\u{0}
      """
    #expect(String(decoding: client.takeOutput(), as: UTF8.self) == expected)
  }

  @Test func `maps are written in the order of their keys, optionals are left out`() {
    let call = JobsAPI.Submit(kind: "docs", title: "T", labels: ["b": "2", "a": "1"])
    #expect(String(decoding: call.bytes, as: UTF8.self) == #"{"kind":"docs","title":"T","labels":{"a":"1","b":"2"}}"#)
  }

  @Test func `a task is described alike in all three interfaces`() throws {
    let interfaces = try BrokerInterfaces.all()
    let fields = try ["org.genbroker.Jobs", "org.genbroker.Worker"].map { name in
      try #require(interfaces.first { $0.name == name }?.type(named: "TaskSpec")?.type)
    }
    #expect(fields[0] == fields[1])
    #expect(HostAPI.TaskSpec.fieldNames == WorkerAPI.TaskSpec.fieldNames)
    #expect(HostAPI.NeedsPolicy.allCases.map(\.rawValue) == WorkerAPI.NeedsPolicy.allCases.map(\.rawValue))
    #expect(HostAPI.ReuseBasis.allCases.map(\.rawValue) == WorkerAPI.ReuseBasis.allCases.map(\.rawValue))
    #expect(JobsAPI.ReuseBasis.allCases.map(\.rawValue) == WorkerAPI.ReuseBasis.allCases.map(\.rawValue))
    let host = HostAPI.TaskSpec(
      key: "k", kind: "docs", op: "o", title: "t", phase: "p", payload: ["a": 1], needs: ["n"], needsPolicy: .settled,
      outputs: ["x"], timeoutMs: 1, maxAttempts: 2, maxCrashes: 3, reuseBy: .meta)
    let worker = WorkerAPI.TaskSpec(host)
    #expect(worker.bytes == host.bytes)
    #expect(JobsAPI.TaskSpec(worker).bytes == host.bytes)
  }

  @Test func `keys that Swift takes for the same do not silently become one`() {
    let value = RawJSON(["kind": "docs", "labels": ["e\u{301}": "1", "\u{e9}": "2"]]).value
    #expect(throws: FieldError.self) { try JobsAPI.Submit(wire: value, .refused) }
  }

  // MARK: Help

  private func tree(_ object: some WireValue) -> JSONTree {
    var writer = JSONWriter()
    object.write(to: &writer)
    return JSONTree(RawJSON(written: writer).value).sorted
  }

  private func replyTree<Call: WireCall>(_ call: Call, _ reply: JSONTree) throws -> JSONTree {
    tree(try Call.Reply(wire: RawJSON(reply).value, .refused))
  }

  private func failureTree<Failure: WireFailure>(_ type: Failure.Type, _ parameters: JSONTree) throws -> JSONTree {
    tree(try Failure(wire: RawJSON(parameters).value, .refused))
  }

  /// Takes a member away, adds one, or gives one another type.
  private func damaged(_ tree: JSONTree, _ random: inout SeededGenerator) -> JSONTree {
    guard case .object(var members) = tree, let place = members.indices.randomElement(using: &random) else {
      return ["undeclared": nil]
    }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: members.remove(at: place)
    case 1: members.append(JSONTree.Member("undeclared", 1))
    case 2: members[place].value = damaged(members[place].value, &random)
    case 3: members[place].value = .null
    default:
      members[place].value =
        ([[], .double(1.5), "1", true, [["x": nil]]] as [JSONTree]).randomElement(using: &random) ?? nil
    }
    return .object(members)
  }
}
