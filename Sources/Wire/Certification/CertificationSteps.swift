import JSON
import Varlink

/// One call of the conversation and its answer.
struct CertificationStep {
  let call: CertificationAPI.Call
  let mode: CallMode
  let replies: [any WireObject]

  init(_ call: CertificationAPI.Call, mode: CallMode = .single, _ replies: [any WireObject]) {
    self.call = call
    self.mode = mode
    self.replies = replies
  }
}

/// The conversation behind `Start`. The values are those of the varlink project's own servers.
func certificationSteps(_ client: String) -> [CertificationStep] {
  typealias API = CertificationAPI
  let (words, number) = ("a lot of string", Double.pi)
  let map = ["foo": "Foo", "bar": "Bar"]
  let lines = (1...10).map { "Reply number \($0)" }
  let set = ["one", "two", "three"]
  return [
    CertificationStep(.test01(.init(clientId: client)), [API.Test01.Reply(bool: true)]),
    CertificationStep(.test02(.init(clientId: client, bool: true)), [API.Test02.Reply(int: 1)]),
    CertificationStep(.test03(.init(clientId: client, int: 1)), [API.Test03.Reply(float: 1)]),
    CertificationStep(.test04(.init(clientId: client, float: 1)), [API.Test04.Reply(string: "ping")]),
    CertificationStep(
      .test05(.init(clientId: client, string: "ping")),
      [API.Test05.Reply(bool: false, int: 2, float: number, string: words)]),
    CertificationStep(
      .test06(.init(clientId: client, bool: false, int: 2, float: number, string: words)),
      [API.Test06.Reply(struct: .init(bool: false, int: 2, float: number, string: words))]),
    CertificationStep(
      .test07(.init(clientId: client, struct: .init(bool: false, int: 2, float: number, string: words))),
      [API.Test07.Reply(map: map)]),
    CertificationStep(
      .test08(.init(clientId: client, map: map)),
      [API.Test08.Reply(set: Dictionary(uniqueKeysWithValues: set.map { ($0, .init()) }))]),
    CertificationStep(
      .test09(.init(clientId: client, set: Dictionary(uniqueKeysWithValues: set.map { ($0, .init()) }))),
      [API.Test09.Reply(mytype: certificationType)]),
    CertificationStep(
      .test10(.init(clientId: client, mytype: certificationType)), mode: .more,
      lines.map { API.Test10.Reply(string: $0) }),
    CertificationStep(.test11(.init(clientId: client, lastMoreReplies: lines)), mode: .oneway, []),
    CertificationStep(.end(.init(clientId: client)), [API.End.Reply(allOk: true)]),
  ]
}

private let certificationType = CertificationAPI.MyType(
  object: [
    "method": "org.varlink.certification.Test09", "parameters": ["map": ["foo": "Foo", "bar": "Bar"]],
  ],
  enum: .two,
  struct: .init(first: 1, second: "2"),
  array: ["one", "two", "three"],
  dictionary: ["foo": "Foo", "bar": "Bar"],
  stringset: ["one": .init(), "two": .init(), "three": .init()],
  interface: .init(
    foo: [nil, ["foo": .foo, "bar": .bar], nil, ["one": .foo, "two": .bar]], anon: .init(foo: true, bar: false)))
