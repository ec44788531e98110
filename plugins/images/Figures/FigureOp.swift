/// What a recipe can ask for.
enum FigureOp: String, CaseIterable {
  /// A sheet of swatches.
  case palette
  /// A room from above.
  case floorplan
  /// A wall from the front.
  case elevation
  /// A view with numbered call-outs.
  case callout
  /// A view with measures.
  case measure
  /// A view as lines, with call-outs and measures.
  case sketch
  /// A part of a picture.
  case closeUp = "close-up"
  /// What a model makes of a prompt.
  case picture
}
