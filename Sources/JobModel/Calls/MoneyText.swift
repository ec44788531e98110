/// Money and counts for people.
package enum MoneyText {
  /// An amount in its unit.
  package static func text(_ amount: Int64, _ unit: Spent.Unit) -> String {
    switch unit {
    case .picoUSD: Money.text(pico: amount)
    case .calls: amount == 1 ? "1 call" : "\(amount) calls"
    case .tokens: amount == 1 ? "1 token" : "\(amount) tokens"
    case .credits: amount == 1 ? "1 credit" : "\(amount) credits"
    }
  }
}
