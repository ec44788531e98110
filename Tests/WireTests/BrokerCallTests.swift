import JSON
import Testing
import Varlink
import Wire

struct BrokerCallTests {
  private func decoded(_ text: String) throws -> BrokerCall {
    try BrokerCall(try Call(decoding: Array(text.utf8)))
  }

  @Test func `a call is decoded into its own type`() throws {
    let call = try decoded(#"{"method":"org.genbroker.Jobs.Pause","parameters":{"job":7}}"#)
    #expect(call == .jobs(.pause(JobsAPI.Pause(job: 7))))
    #expect(call.call is JobsAPI.Pause)
  }

  @Test(arguments: [
    (#"{"method":"Foo"}"#, ServiceError.interfaceNotFound("")),
    (#"{"method":"org.none.Foo"}"#, .interfaceNotFound("org.none")),
    (#"{"method":"org.genbroker.Jobs.Foo"}"#, .methodNotFound("org.genbroker.Jobs.Foo")),
    (#"{"method":"org.genbroker.Jobs.seal","parameters":{"job":1}}"#, .methodNotFound("org.genbroker.Jobs.seal")),
    (#"{"method":"org.genbroker.Jobs.Seal"}"#, .invalidParameter("job")),
    (#"{"method":"org.genbroker.Jobs.Seal","parameters":{"job":1,"x":1}}"#, .invalidParameter("x")),
    (
      #"{"method":"org.genbroker.Jobs.AddTasks","parameters":{"job":1,"tasks":[{"key":"a"},{"key":"b","needs":[1]}]}}"#,
      .invalidParameter("tasks[1].needs[0]")
    ),
    (#"{"method":"org.genbroker.Jobs.Watch"}"#, .expectedMore),
    (#"{"method":"org.genbroker.Files.Read","parameters":{"job":1,"path":"a"}}"#, .expectedMore),
    (#"{"method":"org.genbroker.Worker.Attend","parameters":{"session":"s"}}"#, .expectedMore),
    (
      #"{"method":"org.genbroker.Jobs.Seal","parameters":{"job":1},"upgrade":true}"#,
      .methodNotImplemented("org.genbroker.Jobs.Seal")
    ),
  ])
  func `a wrong call is answered by the error that says why`(text: String, error: ServiceError) {
    #expect(throws: error) { try decoded(text) }
  }

  @Test func `the methods that need more are those whose description says so`() throws {
    let said = try BrokerInterfaces.all().flatMap { interface in
      interface.methods.filter { $0.documentation.joined(separator: " ").contains("Needs `more`") }
        .map { "\(interface.name).\($0.name)" }
    }
    #expect(Set(said) == BrokerCall.streaming.subtracting([CertificationAPI.Test10.method]))
  }

  @Test func `typed replies and errors go from one side to the other`() throws {
    var client = ClientConnection(limits: WireLimits.connection)
    var server = ServerConnection(limits: WireLimits.connection)
    client.call(JobsAPI.Seal(job: 1))
    client.call(JobsAPI.Watch(), mode: .more)
    server.receive(client.takeOutput())
    let seal = try #require(try server.nextCall())
    server.fail(seal.ticket, with: JobsAPI.NoSuchJob(job: 1, message: "There is no job 1.", remedy: "List them."))
    let watch = try #require(try server.nextCall())
    server.replyContinues(
      watch.ticket, with: JobsAPI.Watch.Reply(events: [], progress: [], cursor: "a", caughtUp: true))
    server.fail(watch.ticket, with: ServiceError.invalidParameter("x"))
    client.receive(server.takeOutput())
    let first = try #require(try client.nextReply()?.reply)
    #expect(try first.failure(JobsAPI.NoSuchJob.self)?.job == 1)
    #expect(try first.failure(JobsAPI.Conflict.self) == nil)
    let second = try #require(try client.nextReply()?.reply)
    #expect(try second.decoded(for: JobsAPI.Watch.self).cursor == "a")
    #expect(ServiceError(try #require(try client.nextReply()?.reply)) == .invalidParameter("x"))
  }
}
