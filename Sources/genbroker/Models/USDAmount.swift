import CommandLine
import JobModel

/// An amount of US dollars on the command line: `5`, `0.50`, exact to 10⁻¹² dollars.
struct USDAmount: ParameterValue, Hashable {
  var pico: Int64

  static func read(_ text: String) throws(ValueProblem) -> USDAmount {
    if let pico = Money.pico(of: text) { return USDAmount(pico: pico) }
    throw ValueProblem(
      "not an amount of dollars",
      remedy: "write it like 5 or 0.50: no sign, at most 12 digits behind the point, at most 9 million dollars")
  }

  var parameterText: String { Money.exactText(pico: pico) }
}
