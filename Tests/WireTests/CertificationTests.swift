import JSON
import Testing
import Varlink
@testable import Wire

struct CertificationTests {
  private func replies(_ answer: Certification.Answer) -> [any WireObject]? {
    if case .replies(let replies) = answer { replies } else { nil }
  }

  private func failure(_ answer: Certification.Answer) -> (any WireFailure)? {
    if case .failure(let failure) = answer { failure } else { nil }
  }

  @Test func `the whole conversation passes, two clients at a time`() throws {
    var certification = Certification()
    for client in ["a", "b"] {
      let start = replies(certification.answer(.start(.init()), mode: .single) { client })?.first
      #expect((start as? CertificationAPI.Start.Reply)?.clientId == client)
    }
    for place in certificationSteps("a").indices {
      for client in ["a", "b"] {
        let step = certificationSteps(client)[place]
        let answer = certification.answer(step.call, mode: step.mode) { "never" }
        #expect(replies(answer)?.count == step.replies.count, "step \(place)")
      }
    }
  }

  @Test func `ten replies come to Test10 and none to Test11`() {
    let steps = certificationSteps("a")
    #expect(steps.first { $0.mode == .more }?.replies.count == 10)
    #expect(steps.first { $0.mode == .oneway }?.replies.isEmpty == true)
  }

  @Test func `a client that nobody knows is told so`() {
    var certification = Certification()
    let answer = certification.answer(.test01(.init(clientId: "x")), mode: .single) { "never" }
    #expect(failure(answer) is CertificationAPI.ClientIdError)
  }

  @Test func `a wrong value, a wrong method and a wrong mode end the run and say what was wanted`() {
    let wrong: [(CertificationAPI.Call, CallMode)] = [
      (.test02(.init(clientId: "a", bool: true)), .single), (.test01(.init(clientId: "a")), .more),
      (.end(.init(clientId: "a")), .single),
    ]
    for (call, mode) in wrong {
      var certification = Certification()
      _ = certification.answer(.start(.init()), mode: .single) { "a" }
      let error = failure(certification.answer(call, mode: mode) { "never" }) as? CertificationAPI.CertificationError
      #expect(error?.wants.value["method"]?.string == "org.varlink.certification.Test01")
      #expect(error?.got.value["method"]?.string == type(of: call.call).method)
      let after = certification.answer(.test01(.init(clientId: "a")), mode: .single) { "never" }
      #expect(failure(after) is CertificationAPI.ClientIdError)
    }
  }

  @Test func `free objects are compared by content, whatever the order of their members`() throws {
    var certification = Certification()
    _ = certification.answer(.start(.init()), mode: .single) { "a" }
    for step in certificationSteps("a") {
      guard case .test10(var call) = step.call else {
        _ = certification.answer(step.call, mode: step.mode) { "never" }
        continue
      }
      call.mytype.object = [
        "parameters": ["map": ["bar": "Bar", "foo": "Foo"]], "method": "org.varlink.certification.Test09",
      ]
      #expect(replies(certification.answer(.test10(call), mode: .more) { "never" })?.count == 10)
      return
    }
  }

  @Test func `beginning more runs than are kept forgets the oldest`() {
    var certification = Certification()
    for number in 0...Certification.runsMax { _ = certification.answer(.start(.init()), mode: .single) { "\(number)" } }
    #expect(failure(certification.answer(.test01(.init(clientId: "0")), mode: .single) { "" }) != nil)
    #expect(replies(certification.answer(.test01(.init(clientId: "1")), mode: .single) { "" }) != nil)
  }
}
