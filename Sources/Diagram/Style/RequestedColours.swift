import Drawing

/// Colours a model file asks for (BPMN in Color or bpmn.io's attributes); nil where it asks for none.
struct RequestedColours: Equatable, Sendable {
  var fill: Colour?
  var stroke: Colour?
  var text: Colour?

  var isEmpty: Bool { fill == nil && stroke == nil && text == nil }
}
