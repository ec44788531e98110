/// Parameters that several commands share, declared once in a struct of their own.
package protocol ParameterGroup: Decodable, Sendable {
  init()
}

/// Takes the parameters of a group into a command, under the group's own heading in help if it has one.
@propertyWrapper
package struct Group<Value: ParameterGroup>: Declaration {
  private var value: Value
  private let heading: String?

  package var wrappedValue: Value {
    get { value }
    set { value = newValue }
  }

  package init() {
    self.init(heading: nil)
  }

  package init(_ heading: String) {
    self.init(heading: heading)
  }

  private init(heading: String?) {
    self.value = Value()
    self.heading = heading
  }

  var parameters: [Parameter] {
    declaredParameters(of: value).map { parameter in
      var parameter = parameter
      parameter.heading = parameter.heading ?? heading
      return parameter
    }
  }

  mutating func fill(from arguments: BoundArguments) throws(UsageError) {
    value = try assemble(Value.self, from: arguments)
  }
}
