import BPMN
import Testing

/// What the elements of a process become.
struct ModelTests {
  @Test func `flows connect nodes whether or not the nodes list them`() throws {
    let document = try parse(process("<bpmn:task id=\"a\"/><bpmn:task id=\"b\"/>" + flows("a>b b>a")))
    #expect(document.successors(of: document.nodes[0].handle) == [document.nodes[1].handle])
    #expect(document.nodes[0].incoming.map { document[$0].id } == ["b-a"])
  }

  @Test func `conditions and defaults are kept`() throws {
    let document = try parse(
      process(
        """
        <bpmn:exclusiveGateway id="g" default="g-a"/><bpmn:task id="a"/><bpmn:task id="b"/>
        \(flows("g>a"))
        <bpmn:sequenceFlow id="x" name="Yes" sourceRef="g" targetRef="b">
          <bpmn:conditionExpression language="feel"> x &gt; 1 </bpmn:conditionExpression>
        </bpmn:sequenceFlow>
        """))
    #expect(document.nodes[0].defaultFlow.map { document[$0].id } == "g-a")
    #expect(document.flows.map(\.isDefault) == [true, false])
    #expect(document.flows[1].condition?.text == "x > 1")
    #expect(document.flows[1].condition?.language == "feel")
    #expect(document.flows[1].condition?.line == 7)
  }

  @Test func `lanes are nested, and a node stands in the innermost one, its boundary events and children too`() throws {
    let document = try parse(
      process(
        """
        <bpmn:laneSet name="Staff">
          <bpmn:lane id="outer" name="Sales">
            <bpmn:flowNodeRef>s</bpmn:flowNodeRef>
            <bpmn:childLaneSet><bpmn:lane id="inner" name="Clerk">
              <bpmn:flowNodeRef> s </bpmn:flowNodeRef><bpmn:flowNodeRef>ghost</bpmn:flowNodeRef>
            </bpmn:lane></bpmn:childLaneSet>
          </bpmn:lane>
        </bpmn:laneSet>
        <bpmn:subProcess id="s"><bpmn:task id="t"/></bpmn:subProcess>
        <bpmn:boundaryEvent id="b" attachedToRef="s"/>
        <bpmn:task id="u"/>
        """))
    let paths = document.nodes.map { document.lanePath(of: $0.handle).compactMap(\.name) }
    #expect(paths == [["Sales", "Clerk"], ["Sales", "Clerk"], ["Sales", "Clerk"], []])
    #expect(document.lanes[0].laneSetName == "Staff")
    #expect(document.lanes[1].danglingNodeIDs == ["ghost"])
    #expect(document.warnings.map(\.code) == [.danglingReference])
  }

  @Test func `pools show processes or are black boxes, with multiplicity`() throws {
    let document = try parse(
      definitions(
        """
        <bpmn:collaboration id="c">
          <bpmn:participant id="a" name="A" processRef="p"/>
          <bpmn:participant id="b" name="B"><bpmn:participantMultiplicity minimum="2" maximum="5"/></bpmn:participant>
          <bpmn:participant id="d" processRef="nowhere"/>
          <bpmn:messageFlow id="m" sourceRef="b" targetRef="t" messageRef="mail"/>
        </bpmn:collaboration>
        <bpmn:message id="mail" name="Mail"/>
        <bpmn:process id="p"><bpmn:task id="t"/></bpmn:process>
        """))
    #expect(document.participants.map(\.isBlackBox) == [false, true, true])
    #expect(document.participants[1].multiplicity?.minimum == 2)
    #expect(document.participants[1].multiplicity?.maximum == 5)
    #expect(document.participant(of: document.nodes[0].handle)?.name == "A")
    #expect(document.nodes[0].messagesIn == [document.messageFlows[0].handle])
    #expect(document.messageFlows[0].source == .participant(document.participants[1].handle))
    #expect(document.messageFlows[0].message.map { document[$0].name } == "Mail")
    #expect(
      document.warnings.map(\.message) == [
        "the processRef of <participant> 'd' names 'nowhere', which is not in the file"
      ])
  }

  @Test func `event definitions find their messages, errors, escalations and signals, with codes and users`() throws {
    let document = try parse(
      definitions(
        """
        <bpmn:error id="e" name="Failed" errorCode="E1"/><bpmn:escalation id="x" escalationCode="X1"/>
        <bpmn:signal id="s" name="Stop"/>
        <bpmn:messageEventDefinition id="shared" messageRef="m"/><bpmn:message id="m" name="Hello"/>
        <bpmn:process id="p">
          <bpmn:endEvent id="a"><bpmn:errorEventDefinition errorRef="bpmn:e"/></bpmn:endEvent>
          <bpmn:endEvent id="b"><bpmn:escalationEventDefinition escalationRef="x"/></bpmn:endEvent>
          <bpmn:startEvent id="c"><bpmn:signalEventDefinition signalRef="s"/></bpmn:startEvent>
          <bpmn:startEvent id="d"><bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef></bpmn:startEvent>
          <bpmn:startEvent id="f"><bpmn:conditionalEventDefinition><bpmn:condition>x</bpmn:condition>\
        </bpmn:conditionalEventDefinition></bpmn:startEvent>
        </bpmn:process>
        """))
    let declared = document.nodes.map { $0.event?.definitions.first?.declared.map { document[$0] } }
    #expect(declared.map { $0?.code } == ["E1", "X1", nil, nil, nil])
    #expect(declared.map { $0?.name } == ["Failed", nil, "Stop", "Hello", nil])
    #expect(declared[0]?.users == [document.nodes[0].handle])
    #expect(document.nodes[4].event?.definitions[0].condition?.text == "x")
    #expect(document.warnings.isEmpty, "\(document.warnings)")
  }

  @Test func `data is read and written through associations`() throws {
    let document = try parse(
      process(
        """
        <bpmn:dataObject id="o" isCollection="true"/>
        <bpmn:dataObjectReference id="r" name="Order" dataObjectRef="o"><bpmn:dataState name="paid"/>\
        </bpmn:dataObjectReference>
        <bpmn:dataStoreReference id="k" name="Stock"/>
        <bpmn:task id="t">
          <bpmn:ioSpecification><bpmn:dataInput id="in" name="order"/><bpmn:dataOutput id="out"/></bpmn:ioSpecification>
          <bpmn:dataInputAssociation><bpmn:sourceRef>r</bpmn:sourceRef><bpmn:targetRef>in</bpmn:targetRef>
            <bpmn:assignment><bpmn:from>1</bpmn:from><bpmn:to>x</bpmn:to></bpmn:assignment>
          </bpmn:dataInputAssociation>
          <bpmn:dataOutputAssociation><bpmn:sourceRef>out</bpmn:sourceRef><bpmn:targetRef>k</bpmn:targetRef>\
        </bpmn:dataOutputAssociation>
        </bpmn:task>
        """))
    let task = document.nodes[0].handle
    #expect(document.dataRead(by: task).map(\.name) == ["Order"])
    #expect(document.dataRead(by: task)[0].state == "paid")
    #expect(document.dataRead(by: task)[0].referent.map { document[$0].isCollection } == true)
    #expect(document.dataWritten(by: task).map(\.name) == ["Stock"])
    #expect(document[task].inputsAndOutputs.map { document[$0].id } == ["in", "out"])
    #expect(document.dataAssociations[0].assignments.map { "\($0.to) = \($0.from)" } == ["x = 1"])
  }

  @Test func `annotations, groups and compensation are tied by associations`() throws {
    let document = try parse(
      definitions(
        """
        <bpmn:category id="c"><bpmn:categoryValue id="v" value="Phase &#10; one"/></bpmn:category>
        <bpmn:process id="p">
          <bpmn:task id="t"/><bpmn:task id="undo" isForCompensation="true"/>
          <bpmn:boundaryEvent id="b" attachedToRef="t"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>
          <bpmn:textAnnotation id="n"><bpmn:text>Careful</bpmn:text></bpmn:textAnnotation>
          <bpmn:group id="g" categoryValueRef="v"/>
          <bpmn:association id="x" sourceRef="n" targetRef="t"/>
          <bpmn:association id="y" sourceRef="b" targetRef="undo" associationDirection="One"/>
        </bpmn:process>
        """))
    #expect(document.nodes[0].annotations.map { document[$0].text } == ["Careful"])
    #expect(document.groups[0].label == "Phase one")
    #expect(document.associations[1].target == .node(document.nodes[1].handle))
    #expect(document.associations.map(\.direction) == [.none, .one])
    #expect(document.nodes[0].activity?.boundaryEvents == [document.nodes[2].handle])
  }

  @Test func `performers come from BPMN and from the vendors`() throws {
    let document = try parse(
      process(
        """
        <bpmn:userTask id="t" camunda:assignee="ann" camunda:candidateGroups="a,b">
          <bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="c"/></bpmn:extensionElements>
          <bpmn:potentialOwner><bpmn:resourceAssignmentExpression><bpmn:formalExpression>user(x)\
        </bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:potentialOwner>
          <bpmn:performer name="Pickers"><bpmn:resourceAssignmentExpression><bpmn:formalExpression>group(pick)\
        </bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:performer>
        </bpmn:userTask>
        """))
    let performers = document.nodes[0].activity?.performers ?? []
    #expect(
      performers.map { "\($0.source) \($0.role) \($0.value)" } == [
        "bpmn potentialOwner user(x)", "bpmn performer Pickers", "camunda assignee ann", "camunda candidateGroups a,b",
        "zeebe candidateGroups c",
      ])
  }

  @Test func `extensions are kept as trees with their vendor, text and line`() throws {
    let document = try parse(
      process(
        """
        <bpmn:task id="t"><bpmn:extensionElements>
          <zeebe:ioMapping><zeebe:input source="=a" target="b"/><zeebe:input source="=c" target="d"/></zeebe:ioMapping>
          <camunda:field name="f"><camunda:string><![CDATA[a <b>]]></camunda:string></camunda:field>
        </bpmn:extensionElements></bpmn:task>
        """))
    let extensions = document.nodes[0].extensions
    #expect(extensions.map(\.vendor) == ["zeebe", "camunda"])
    #expect(extensions[0].children.map { $0.attribute("target") } == ["b", "d"])
    #expect(extensions[1].children[0].text == "a <b>")
    #expect(extensions[1].line == 6)
    #expect(document.nodes[0].extensionElements(named: "input").count == 2)
  }

  @Test func `documentation is kept with its format, all of it, CDATA and markup too`() throws {
    let document = try parse(
      process(
        """
        <bpmn:task id="t"><bpmn:documentation>one</bpmn:documentation>
        <bpmn:documentation textFormat="text/html"><![CDATA[<b>two</b>]]></bpmn:documentation>
        <bpmn:documentation><h:p xmlns:h="http://www.w3.org/1999/xhtml">three</h:p></bpmn:documentation>
        <bpmn:documentation> </bpmn:documentation></bpmn:task>
        """))
    #expect(document.nodes[0].documentation.map(\.text) == ["one", "<b>two</b>", "three"])
    #expect(document.nodes[0].documentation.map(\.textFormat) == ["text/plain", "text/html", "text/plain"])
  }

  @Test func `choreography and conversation are kept as unknown, with one warning each and their ids`() throws {
    let document = try parse(
      definitions(
        """
        <bpmn:choreography id="ch"><bpmn:choreographyTask id="ct"><bpmn:participantRef>a</bpmn:participantRef>
        </bpmn:choreographyTask></bpmn:choreography>
        <bpmn:collaboration id="co"><bpmn:conversation id="cv"/></bpmn:collaboration>
        <bpmn:process id="p"><bpmn:novelTask id="n"/><bpmn:task id="t"/></bpmn:process>
        """))
    #expect(document.unknownElements.map(\.id) == ["ch", "ct", "cv", "n"])
    #expect(document.unknownElements[0].content.children[0].children[0].text == "a")
    #expect(document.warnings.map(\.code) == [.unknownElement, .unknownElement, .unknownElement])
    #expect(document.nodes.map(\.id) == ["t"])
  }

  @Test func `a node outside of a process is kept as unknown, with a warning`() throws {
    let inside = "<bpmn:task id=\"b\"><bpmn:task id=\"c\"/></bpmn:task>"
    let document = try parse(definitions("<bpmn:task id=\"a\"/><bpmn:process id=\"p\">\(inside)</bpmn:process>"))
    #expect(document.nodes.map(\.id) == ["b"])
    #expect(document.warnings.map(\.code) == [.misplacedElement, .misplacedElement])
  }

  @Test func `elements of one id keep keys of their own, and flows stay in their process`() throws {
    let document = try parse(
      definitions(
        """
        <bpmn:process id="p"><bpmn:task id="a"/><bpmn:task id="b"/>\(flows("a>b"))</bpmn:process>
        <bpmn:process id="q"><bpmn:task id="a"/><bpmn:task id="b"/>\(flows("a>b"))<bpmn:task/><bpmn:task/>\
        </bpmn:process>
        """))
    #expect(document.nodes.map(\.key) == ["a", "b", "a~2", "b~2", "task~1", "task~2"])
    #expect(document.flows.map { document[$0.handle].source.map(\.index) } == [0, 2])
    #expect(document.warnings.filter { $0.code == .duplicateID }.count == 3)
    #expect(document.elements(id: "a").count == 2)
  }

  @Test func `references to nothing are warnings with the line of who refers`() throws {
    let document = try parse(
      process(
        """
        <bpmn:sequenceFlow id="f" sourceRef="x"/>
        <bpmn:boundaryEvent id="b" attachedToRef="x"/>
        <bpmn:exclusiveGateway id="g" default="x"/>
        <bpmn:receiveTask id="r" messageRef="x"/>
        <bpmn:association id="a" sourceRef="g" targetRef="x"/>
        """))
    #expect(document.warnings.map(\.line) == [4, 4, 5, 6, 7, 8])
    #expect(Set(document.warnings.map(\.code)) == [.danglingReference])
    #expect(document.warnings[1].message == "the targetRef of <sequenceFlow> 'f' is missing")
  }
}
