import Drawing
import TaskFacts

/// A number on a drawing, and what it points at.
struct Callout {
  var number: Int
  var text: String
  var place: Point

  /// - Throws: `PluginFailure`, also for two of one number.
  static func read(_ facts: inout FactReader, on base: BasePicture?) throws -> [Callout] {
    var next = 1
    let all = try facts.list("callouts", max: Limits.calloutsMax) { item in
      guard let base else {
        throw item.fault("at", "there is nothing that it could point at", "Give an image or an outline, too.")
      }
      guard let place = try item.point("at", base.ranges.x, base.ranges.y) else {
        throw item.fault("at", "it is missing", "Give a place as [x, y].")
      }
      let number = try item.number("number", 1...999).map { Int($0) } ?? next
      next = number + 1
      let text = try item.neededText("text", charactersMax: Limits.textCharactersMax)
      return Callout(number: number, text: text, place: place)
    }
    for (index, one) in all.enumerated() where all[..<index].contains(where: { $0.number == one.number }) {
      throw facts.fault("callouts[\(index)].number", "\(one.number) is there twice", "Give each a number of its own.")
    }
    return all
  }
}
