import Drawing

/// A place in the picture; the model has points of its own.
typealias Point = Drawing.Point
