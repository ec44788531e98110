// The property wrappers with which a command declares what it takes, each once:
//
//     @Option("-k, --kind KIND", "The generator kind.") var kind: String?
//     @Option("--label KEY=VALUE", "A label; may be repeated.") var labels: [KeyValue]
//     @Option("--grace TIME", "How long to wait.", in: Milliseconds(0)...) var grace = Milliseconds(5000)
//     @Flag("-w, --wait", "Wait until the job has ended.") var wait
//     @Argument("FILE", "BPMN files.") var files: [String]
//     @Group var connection: ConnectionOptions
//
// The type says how often: `T` with a default or required, `T?` at most once, `[T]` any number of times.

/// An option with a value.
@propertyWrapper
package struct Option<Value: Sendable>: Declaration {
  var slot: Slot<Value>

  package var wrappedValue: Value {
    get { slot.filled }
    set { slot.value = newValue }
  }

  /// Required.
  ///
  /// - parameter spelling: As help shows it, `-k, --kind KIND`.
  /// - parameter environment: The variable that is read when the option is not given.
  package init(
    _ spelling: String, _ help: String, in range: (any ValueRange<Value>)? = nil, environment: String? = nil,
    complete: Parameter.Completion? = nil, hidden: Bool = false
  ) where Value: ParameterValue {
    slot = .required(
      Parameter(option: spelling, help, environment, complete ?? Value.completion, hidden), Reader(range))
  }

  /// With a default, which help shows.
  package init(
    wrappedValue: Value, _ spelling: String, _ help: String, in range: (any ValueRange<Value>)? = nil,
    environment: String? = nil, complete: Parameter.Completion? = nil, hidden: Bool = false
  ) where Value: ParameterValue {
    slot = .defaulted(
      Parameter(option: spelling, help, environment, complete ?? Value.completion, hidden), Reader(range), wrappedValue)
  }

  /// Given at most once, `nil` otherwise.
  package init<Wrapped: ParameterValue>(
    _ spelling: String, _ help: String, in range: (any ValueRange<Wrapped>)? = nil, environment: String? = nil,
    complete: Parameter.Completion? = nil, hidden: Bool = false
  ) where Value == Wrapped? {
    slot = .optional(
      Parameter(option: spelling, help, environment, complete ?? Wrapped.completion, hidden), Reader(range))
  }

  /// Given any number of times, from `atLeast`.
  package init<Element: ParameterValue>(
    _ spelling: String, _ help: String, atLeast minimum: Int = 0, in range: (any ValueRange<Element>)? = nil,
    complete: Parameter.Completion? = nil, hidden: Bool = false
  ) where Value == [Element] {
    slot = .repeated(
      Parameter(option: spelling, help, nil, complete ?? Element.completion, hidden), Reader(range), atLeast: minimum)
  }
}

/// A positional argument.
@propertyWrapper
package struct Argument<Value: Sendable>: Declaration {
  var slot: Slot<Value>

  package var wrappedValue: Value {
    get { slot.filled }
    set { slot.value = newValue }
  }

  /// Required.
  ///
  /// - parameter spelling: As help shows it, in capitals: `JOB`.
  package init(
    _ spelling: String, _ help: String, in range: (any ValueRange<Value>)? = nil,
    complete: Parameter.Completion? = nil
  ) where Value: ParameterValue {
    slot = .required(Parameter(argument: spelling, help, complete ?? Value.completion), Reader(range))
  }

  /// With a default, which help shows.
  package init(
    wrappedValue: Value, _ spelling: String, _ help: String, in range: (any ValueRange<Value>)? = nil,
    complete: Parameter.Completion? = nil
  ) where Value: ParameterValue {
    slot = .defaulted(Parameter(argument: spelling, help, complete ?? Value.completion), Reader(range), wrappedValue)
  }

  /// May be left out.
  package init<Wrapped: ParameterValue>(
    _ spelling: String, _ help: String, in range: (any ValueRange<Wrapped>)? = nil,
    complete: Parameter.Completion? = nil
  ) where Value == Wrapped? {
    slot = .optional(Parameter(argument: spelling, help, complete ?? Wrapped.completion), Reader(range))
  }

  /// All that remain, from `atLeast`.
  package init<Element: ParameterValue>(
    _ spelling: String, _ help: String, atLeast minimum: Int = 0, complete: Parameter.Completion? = nil
  ) where Value == [Element] {
    slot = .repeated(
      Parameter(argument: spelling, help, complete ?? Element.completion), Reader(nil), atLeast: minimum)
  }
}

/// An option without a value: true when given.
@propertyWrapper
package struct Flag: Declaration {
  var slot: Slot<Bool>

  package var wrappedValue: Bool {
    get { slot.filled }
    set { slot.value = newValue }
  }

  /// - parameter spelling: As help shows it, `-w, --wait`.
  package init(_ spelling: String, _ help: String, hidden: Bool = false) {
    var parameter = Parameter(form: .flag, spelling: spelling, help: help)
    parameter.isHidden = hidden
    slot = Slot(parameter: parameter, value: false) { occurrences throws(UsageError) in !occurrences.isEmpty }
  }
}

extension Parameter {
  fileprivate init(
    option spelling: String, _ help: String, _ environment: String?, _ completion: Completion, _ hidden: Bool
  ) {
    self.init(form: .option, spelling: spelling, help: help)
    self.environmentVariable = environment
    self.completion = completion
    self.isHidden = hidden
  }

  fileprivate init(argument spelling: String, _ help: String, _ completion: Completion) {
    self.init(form: .positional, spelling: spelling, help: help)
    self.completion = completion
  }
}
