import BPMN
import Testing

struct WordsTests {
  @Test(arguments: [
    ("PT48H", "after 2 days (PT48H)"), ("P1D", "after 1 day (P1D)"), ("PT90M", "after 90 minutes (PT90M)"),
    ("PT3600S", "after 1 hour (PT3600S)"), ("P1DT12H", "after 1 day and 12 hours (P1DT12H)"),
    ("P1Y2M3W", "after 1 year, 2 months and 3 weeks (P1Y2M3W)"), ("PT0S", "after no time (PT0S)"),
    ("${delay}", "after the time given by ${delay}"), ("=delay", "after the time given by =delay"),
    ("P", "after P"), ("PT", "after PT"), ("PT5", "after PT5"), ("two days", "after two days"),
    ("PT99999999999999999999H", "after PT99999999999999999999H"),
  ])
  func `a duration is said in words, and quoted when it is not one`(_ text: String, _ words: String) throws {
    #expect(try timerWords("timeDuration", text) == words)
  }

  @Test(arguments: [
    ("R3/PT1H", "every hour, 3 times (R3/PT1H)"), ("R/PT10M", "every 10 minutes (R/PT10M)"),
    ("R1/P7D", "every 7 days, once (R1/P7D)"),
    ("R/2026-01-31T09:00:00Z/P1D", "every day, from 2026-01-31 at 09:00 UTC (R/2026-01-31T09:00:00Z/P1D)"),
    ("0 0 9 * * ?", "on the schedule 0 0 9 * * ?"), ("R", "on the schedule R"), ("Rx/PT1H", "on the schedule Rx/PT1H"),
  ])
  func `a cycle is said in words, and quoted when it is none`(_ text: String, _ words: String) throws {
    #expect(try timerWords("timeCycle", text) == words)
  }

  @Test(arguments: [
    ("2026-01-31T09:00:00Z", "on 2026-01-31 at 09:00 UTC (2026-01-31T09:00:00Z)"),
    ("2026-01-31", "on 2026-01-31 (2026-01-31)"), ("tomorrow", "at tomorrow"),
    ("#{due}", "at the time given by #{due}"),
  ])
  func `a date is said in words, and quoted when it is none`(_ text: String, _ words: String) throws {
    #expect(try timerWords("timeDate", text) == words)
  }

  private func timerWords(_ tag: String, _ text: String) throws -> String? {
    let timer = "<bpmn:timerEventDefinition><bpmn:\(tag)>\(text)</bpmn:\(tag)></bpmn:timerEventDefinition>"
    let document = try parse(process("<bpmn:startEvent id=\"s\">\(timer)</bpmn:startEvent>"))
    return document.nodes[0].event?.definitions[0].timer?.words
  }

  @Test func `kinds are said as a reader of models says them`() throws {
    let document = try parse(
      process(
        """
        <bpmn:userTask id="a"/>
        <bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:messageEventDefinition/></bpmn:boundaryEvent>
        <bpmn:boundaryEvent id="c" attachedToRef="a" cancelActivity="false"><bpmn:timerEventDefinition/>\
        </bpmn:boundaryEvent>
        <bpmn:subProcess id="d" triggeredByEvent="true">
          <bpmn:startEvent id="e" isInterrupting="false"><bpmn:signalEventDefinition/></bpmn:startEvent>
        </bpmn:subProcess>
        <bpmn:endEvent id="f"><bpmn:terminateEventDefinition/></bpmn:endEvent>
        <bpmn:intermediateThrowEvent id="g"><bpmn:compensateEventDefinition/></bpmn:intermediateThrowEvent>
        <bpmn:intermediateCatchEvent id="h"><bpmn:linkEventDefinition name="x"/></bpmn:intermediateCatchEvent>
        <bpmn:startEvent id="i"><bpmn:messageEventDefinition/><bpmn:timerEventDefinition/></bpmn:startEvent>
        <bpmn:startEvent id="j" parallelMultiple="true"><bpmn:messageEventDefinition/><bpmn:timerEventDefinition/>\
        </bpmn:startEvent>
        <bpmn:eventBasedGateway id="k" eventGatewayType="Parallel"/>
        <bpmn:adHocSubProcess id="l"/><bpmn:transaction id="m"/><bpmn:startEvent id="n"/>
        <bpmn:boundaryEvent id="o" attachedToRef="a"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>
        """))
    #expect(
      document.nodes.map { document.kindWords(for: $0.handle) } == [
        "User task", "Message boundary event (interrupting)", "Timer boundary event (non-interrupting)",
        "Event sub-process", "Signal start event (non-interrupting)", "Terminate end event",
        "Compensation throw event", "Link catch event", "Multiple start event", "Parallel multiple start event",
        "Parallel event-based gateway", "Ad-hoc sub-process", "Transaction", "Start event",
        "Compensation boundary event",
      ])
  }

  @Test func `repetition is said in words`() throws {
    let document = try parse(
      process(
        """
        <bpmn:task id="a"><bpmn:standardLoopCharacteristics loopMaximum="3">\
        <bpmn:loopCondition>again</bpmn:loopCondition></bpmn:standardLoopCharacteristics></bpmn:task>
        <bpmn:task id="b"><bpmn:multiInstanceLoopCharacteristics isSequential="true">\
        <bpmn:loopCardinality>5</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:task>
        <bpmn:task id="c"><bpmn:multiInstanceLoopCharacteristics camunda:collection="items"/></bpmn:task>
        <bpmn:task id="d"/>
        """))
    #expect(
      document.nodes.map { document.loopWords(for: $0.handle) } == [
        "repeated while again, at most 3 times", "5 times, one after the other",
        "once for each of items, at the same time", nil,
      ])
  }
}

struct TitleTests {
  private func titles(_ inside: String) throws -> [String] {
    let document = try parse(process(inside))
    return document.nodes.map { document.title(of: $0.handle).text }
  }

  @Test func `a name is the title, in one line`() throws {
    let document = try parse(process("<bpmn:task id=\"a\" name=\" Check&#10;  stock \"/>"))
    #expect(document.nodes[0].name == " Check\n  stock ")
    #expect(document.title(of: document.nodes[0].handle).text == "Check stock")
    #expect(!document.title(of: document.nodes[0].handle).isMade)
  }

  @Test func `a node without name is called by its nearest named neighbour`() throws {
    #expect(
      try titles(
        """
        <bpmn:startEvent id="s"/><bpmn:task id="a" name="Check stock"/><bpmn:exclusiveGateway id="g"/>
        <bpmn:task id="b"/><bpmn:task id="c" name="Ship"/><bpmn:exclusiveGateway id="j"/>
        <bpmn:endEvent id="e" name=" "/>
        \(flows("s>a a>g g>b g>c b>j c>j j>e"))
        """) == [
          "Start event before ‘Check stock’", "Check stock", "Exclusive gateway after ‘Check stock’",
          "Task after ‘Check stock’", "Ship", "Exclusive gateway after ‘Ship’", "End event after ‘Ship’",
        ])
  }

  @Test func `events are called by what they are about and by their host`() throws {
    let document = try parse(
      definitions(
        """
        <bpmn:message id="m" name="Offer"/>
        <bpmn:process id="p">
        <bpmn:startEvent id="s"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>
        <bpmn:task id="t" name="Write"/>
        <bpmn:boundaryEvent id="b" attachedToRef="t"><bpmn:timerEventDefinition/></bpmn:boundaryEvent>
        <bpmn:task id="u"/>
        <bpmn:boundaryEvent id="c" attachedToRef="u"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>
        </bpmn:process>
        """))
    #expect(
      document.nodes.map { document.title(of: $0.handle).text } == [
        "Message start event ‘Offer’", "Write", "Timer boundary event on ‘Write’", "Task of process p",
        "Error boundary event on an unnamed task",
      ])
  }

  @Test func `made titles that would be the same are numbered, also beside a true name`() throws {
    #expect(
      try titles("<bpmn:task id=\"a\"/><bpmn:task id=\"b\"/><bpmn:task id=\"c\" name=\"Task of ‘Order’\"/>")
        == ["Task of ‘Order’ (2)", "Task of ‘Order’ (3)", "Task of ‘Order’"])
  }

  @Test func `titles are the same in every run, with loops and chains of unnamed nodes`() throws {
    let nodes = (0..<500).map { "<bpmn:task id=\"t\($0)\"/>" }.joined()
    let text = process(nodes + flows((0..<500).map { "t\($0)>t\(($0 + 1) % 500)" }.joined(separator: " ")))
    let document = try parse(text)
    #expect(try parse(text) == document)
    #expect(Set(document.nodes.map { document.title(of: $0.handle).text }).count == 500)
  }
}
