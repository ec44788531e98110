import ModelAPI
import TestSupport
import Testing
import Wire

@testable import WorkerHost

/// Which model is asked next, for how long a lease is kept for it, and what a plugin hears in the end.
@Suite struct CallOrderTests {
  private func failure(_ kind: CallFailure.Kind, _ word: CallFailure.Class) -> CallFailure {
    CallFailure(kind, word, "\(word.rawValue) happened")
  }

  private func ending(_ step: CallOrder.Step) -> PluginFailure? {
    if case .end(let failure) = step { return failure }
    return nil
  }

  @Test func `the first model is asked first`() {
    var order = CallOrder(count: 3)
    #expect(order.start() == .reserve(place: 0))
    #expect(order.woken() == .reserve(place: 0))
  }

  @Test func `the user's own limits are waited for, whatever other models there are`() {
    var order = CallOrder(count: 2)
    #expect(order.mustWait("slots", ms: nil, "both slots are taken") == .wait(ms: nil))
    #expect(order.mustWait("requests_per_minute", ms: 400, "60 a minute") == .wait(ms: 400))
    #expect(order.mustWait("in_flight", ms: nil, "somebody asks the same") == .wait(ms: nil))
  }

  @Test func `a wait that is too long for a lease gives the task back, and charges no attempt`() {
    var order = CallOrder(count: 1)
    let end = ending(order.mustWait("tokens_per_minute", ms: 45_000, "100,000 tokens a minute"))
    #expect(end?.errorClass == "rate_limited")
    #expect(end?.retryAfterMs == 45_000)
    #expect(end?.retryable == true)
  }

  @Test func `where the account is parked the next model takes over, and the last one is waited for`() {
    var order = CallOrder(count: 2)
    #expect(order.mustWait("parked", ms: 200, "the first is parked") == .reserve(place: 1))
    #expect(order.mustWait("parked", ms: 300, "the second is parked") == .wait(ms: 300))
    #expect(order.woken() == .reserve(place: 0))
  }

  @Test func `when all are parked for long the task comes back when the first of them may be asked`() {
    var order = CallOrder(count: 2)
    _ = order.mustWait("parked", ms: 90_000, "the first is parked")
    let end = ending(order.mustWait("parked", ms: 30_000, "the second is parked"))
    #expect(end?.retryAfterMs == 30_000)
    #expect(end?.errorClass == "rate_limited")
    #expect(end?.message == "the first is parked; the second is parked")
  }

  @Test func `a 429 leaves the wait to the broker, who knows it for all`() {
    var order = CallOrder(count: 1)
    #expect(order.failed(failure(.retryAfter(ms: 1_000), .rateLimited), random: 0.5) == .reserve(place: 0))
  }

  @Test func `a 429 lets the next model have its turn`() {
    var order = CallOrder(count: 2)
    #expect(order.failed(failure(.retryAfter(ms: 1_000), .rateLimited), random: 0.5) == .reserve(place: 1))
  }

  @Test func `too many requests without a time are tried three times, and then the account is left alone for a while`()
  {
    var order = CallOrder(count: 1)
    for _ in 0..<ModelAPILimits.quickRetriesMax {
      guard case .rest = order.failed(failure(.retryBackoff, .rateLimited), random: 0.5) else {
        Issue.record("no quick retry")
        return
      }
      #expect(order.parkMs == nil)
      _ = order.again()
    }
    let end = ending(order.failed(failure(.retryBackoff, .rateLimited), random: 0.5))
    #expect(end?.errorClass == "rate_limited" && end?.retryable == true)
    #expect(order.parkMs ?? 0 >= 15_000 && end?.retryAfterMs == order.parkMs.map { Int($0) })
  }

  @Test func `an account is left alone as long as its provider asks, and not at all after what is no fault of its`() {
    var order = CallOrder(count: 2)
    _ = order.failed(failure(.retryAfter(ms: 1_000), .rateLimited), random: 0.5)
    #expect(order.parkMs == 1_000)
    _ = order.failed(failure(.failRequest, .badRequest), random: 0.5)
    #expect(order.parkMs == nil)
    order = CallOrder(count: 1)
    _ = order.failed(failure(.failAccount, .badKey), random: 0.5)
    #expect(order.parkMs == ModelTimes.parkAccountMs)
  }

  @Test func `a server that fails is tried three times in all, and then the attempt has failed`() {
    var order = CallOrder(count: 1)
    for _ in 0..<ModelAPILimits.quickRetriesMax {
      guard case .rest(let ms) = order.failed(failure(.retryBackoff, .serverError), random: 0.5) else {
        Issue.record("no quick retry")
        return
      }
      #expect((0...ModelAPILimits.quickRetryMaxMs).contains(ms))
      _ = order.again()
    }
    let end = ending(order.failed(failure(.retryBackoff, .serverError), random: 0.5))
    #expect(end?.errorClass == "server_error")
    #expect(end?.retryable == true)
  }

  @Test func `a server that nobody reaches charges no attempt`() {
    var order = CallOrder(count: 1)
    for _ in 0..<ModelAPILimits.quickRetriesMax {
      _ = order.failed(failure(.retryBackoff, .connectFailed), random: 0.5)
      _ = order.again()
    }
    let end = ending(order.failed(failure(.retryBackoff, .connectFailed), random: 0.5))
    #expect(end?.errorClass == "rate_limited")
    #expect(end?.retryAfterMs != nil)
  }

  @Test func `a bad request goes to the next model, and is final after the last`() {
    var order = CallOrder(count: 2)
    #expect(order.failed(failure(.failRequest, .contextLength), random: 0.5) == .reserve(place: 1))
    let end = ending(order.failed(failure(.failRequest, .badRequest), random: 0.5))
    #expect(end?.retryable == false)
    #expect(end?.message == "context_length happened; bad_request happened")
  }

  @Test func `an account without money is passed over, and the task comes back later`() {
    var order = CallOrder(count: 2)
    #expect(order.failed(failure(.failAccount, .insufficientQuota), random: 0.5) == .reserve(place: 1))
    let end = ending(order.failed(failure(.failAccount, .badKey), random: 0.5))
    #expect(end?.retryAfterMs == Int(ModelTimes.parkAccountMs))
    #expect(end?.errorClass == "rate_limited")
  }

  @Test func `a used-up budget ends the question at once, also where other models are left`() {
    var order = CallOrder(count: 3)
    let end = ending(order.refused("budget", "the budget of the job is used up"))
    #expect(end?.errorClass == "budget")
    #expect(end?.retryable == true)
  }

  @Test func `a model without a price is passed over`() {
    var order = CallOrder(count: 2)
    #expect(order.refused("price_unknown", "nobody knows what it costs") == .reserve(place: 1))
    #expect(ending(order.refused("price_unknown", "nor that"))?.retryable == false)
  }

  @Test func `what this worker cannot reach another one may`() {
    var order = CallOrder(count: 1)
    let end = ending(order.cannotBeAsked("there is no key for openai"))
    #expect(end?.errorClass == "no_model")
    #expect(end?.retryable == true)
  }

  @Test(arguments: ["refusal", "unusable"])
  func `an answer that is of no use is the next model's turn`(_ what: String) {
    var order = CallOrder(count: 2)
    let step = what == "refusal" ? order.refusedByModel("it will not") : order.unusable("it is no JSON")
    #expect(step == .reserve(place: 1))
  }

  @Test func `every way to the end ends`() {
    // Whatever comes, no order of a few models asks for ever: each step but a wait uses something up.
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<2_000 {
      var order = CallOrder(count: 1 + Int(random.next() % 4))
      var step = order.start()
      var steps = 0
      while ending(step) == nil {
        steps += 1
        #expect(steps < 64)
        guard steps < 64 else { return }
        switch step {
        case .rest: step = order.again()
        case .wait: step = order.woken()
        case .reserve, .end: break
        }
        switch random.next() % 5 {
        case 0: step = order.failed(failure(.retryBackoff, .serverError), random: 0.5)
        case 1: step = order.failed(failure(.ambiguous, .truncatedStream), random: 0.5)
        case 2: step = order.failed(failure(.failRequest, .badRequest), random: 0.5)
        case 3: step = order.unusable("no")
        default: step = order.mustWait("parked", ms: 60_000, "parked")
        }
      }
    }
  }
}
