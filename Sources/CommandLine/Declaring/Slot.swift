/// What every property wrapper holds: the plain description, the value, and how to read it.
struct Slot<Value: Sendable>: Sendable {
  var parameter: Parameter
  /// Nil until a required value has been read.
  var value: Value?
  /// Makes the value from what was given; nothing given is an empty list.
  var convert: @Sendable ([Occurrence]) throws(UsageError) -> Value

  var filled: Value {
    guard let value else { preconditionFailure("\(parameter.name) is read before the command line was parsed") }
    return value
  }
}

extension Slot where Value: ParameterValue {
  static func required(_ parameter: Parameter, _ reader: Reader<Value>) -> Slot {
    var parameter = parameter
    parameter.isRequired = true
    return Slot(parameter: parameter) { [parameter] occurrences throws(UsageError) in
      guard let occurrence = occurrences.first else { throw .missing(parameter) }
      return try reader.read(occurrence)
    }
  }

  static func defaulted(_ parameter: Parameter, _ reader: Reader<Value>, _ value: Value) -> Slot {
    var parameter = parameter
    parameter.defaultText = value.parameterText
    return Slot(parameter: parameter, value: value) { occurrences throws(UsageError) in
      guard let occurrence = occurrences.first else { return value }
      return try reader.read(occurrence)
    }
  }
}

extension Slot {
  static func optional<Wrapped>(_ parameter: Parameter, _ reader: Reader<Wrapped>) -> Slot where Value == Wrapped? {
    Slot(parameter: parameter, value: .some(nil)) { occurrences throws(UsageError) in
      guard let occurrence = occurrences.first else { return nil }
      return try reader.read(occurrence)
    }
  }

  static func repeated<Element>(
    _ parameter: Parameter, _ reader: Reader<Element>, atLeast minimum: Int
  ) -> Slot where Value == [Element] {
    var parameter = parameter
    parameter.isRepeatable = true
    parameter.isRequired = minimum > 0
    return Slot(parameter: parameter, value: minimum == 0 ? [] : nil) { [parameter] occurrences throws(UsageError) in
      guard occurrences.count >= minimum else { throw .missing(parameter) }
      var values: [Element] = []
      for occurrence in occurrences { values.append(try reader.read(occurrence)) }
      return values
    }
  }
}

extension UsageError {
  /// A required parameter was not given.
  static func missing(_ parameter: Parameter) -> UsageError {
    UsageError("missing \(parameter.form == .option ? "option '\(parameter.typed)'" : parameter.name)")
  }
}

/// Reads one value and checks it against a range.
struct Reader<Value: ParameterValue>: Sendable {
  let range: (any ValueRange<Value>)?

  init(_ range: (any ValueRange<Value>)?) {
    self.range = range
  }

  /// - throws: An error that names the argument as it was written.
  func read(_ occurrence: Occurrence) throws(UsageError) -> Value {
    do throws(ValueProblem) {
      let value = try Value.read(occurrence.text)
      if let range, !range.contains(value) {
        throw ValueProblem("out of range", remedy: "give a value \(range.parameterText)")
      }
      return value
    } catch {
      throw UsageError("'\(occurrence.written)': \(error.what)", hint: error.remedy)
    }
  }
}

/// The values that an option accepts: `1...64` or `1...`.
package protocol ValueRange<Bound>: Sendable {
  associatedtype Bound
  func contains(_ value: Bound) -> Bool
  /// Follows "a value": `from 1 to 64`.
  var parameterText: String { get }
}

extension ClosedRange: ValueRange where Bound: ParameterValue {
  package var parameterText: String { "from \(lowerBound.parameterText) to \(upperBound.parameterText)" }
}

extension PartialRangeFrom: ValueRange where Bound: ParameterValue {
  package var parameterText: String { "of at least \(lowerBound.parameterText)" }
}
