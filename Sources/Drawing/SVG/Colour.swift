/// An opaque colour of the model, and what becomes of it on a dark page.
package struct Colour: Equatable, Sendable {
  /// Its parts, from 0 to 1.
  package var red: Double
  /// See `red`.
  package var green: Double
  /// See `red`.
  package var blue: Double

  /// Reads `#rgb`, `#rrggbb`, `#rrggbbaa` (alpha ignored), `rgb(r, g, b)` and the sixteen basic names; nil for anything else, so
  /// that no foreign text reaches the picture's style.
  package init?(_ text: String) {
    let lowered = text.lowercased().filter { !$0.isWhitespace }
    if lowered.hasPrefix("#") {
      self.init(hex: lowered.dropFirst())
    } else if lowered.hasPrefix("rgb("), lowered.hasSuffix(")") {
      let parts = lowered.dropFirst(4).dropLast().split(separator: ",").compactMap { UInt8($0) }
      guard parts.count == 3 else { return nil }
      self.init(red: Double(parts[0]) / 255, green: Double(parts[1]) / 255, blue: Double(parts[2]) / 255)
    } else if let hex = Self.names[lowered] {
      self.init(hex: hex[...])
    } else {
      return nil
    }
  }

  private init(red: Double, green: Double, blue: Double) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  private init?(hex: Substring) {
    let digits = hex.compactMap(\.hexDigitValue).map(Double.init)
    guard digits.count == hex.count else { return nil }
    switch digits.count {
    case 3: self.init(red: digits[0] / 15, green: digits[1] / 15, blue: digits[2] / 15)
    case 6, 8:
      self.init(
        red: (digits[0] * 16 + digits[1]) / 255, green: (digits[2] * 16 + digits[3]) / 255,
        blue: (digits[4] * 16 + digits[5]) / 255)
    default: return nil
    }
  }

  private static let names = [
    "black": "000000", "silver": "c0c0c0", "gray": "808080", "grey": "808080", "white": "ffffff", "maroon": "800000",
    "red": "ff0000", "purple": "800080", "fuchsia": "ff00ff", "green": "008000", "lime": "00ff00", "olive": "808000",
    "yellow": "ffff00", "navy": "000080", "blue": "0000ff", "teal": "008080", "aqua": "00ffff", "orange": "ffa500",
  ]

  /// `#rrggbb`.
  package var hex: String {
    let digits = Array("0123456789abcdef")
    return [red, green, blue].reduce(into: "#") { text, part in
      let byte = Int((min(max(part, 0), 1) * 255).rounded())
      text.append(digits[byte / 16])
      text.append(digits[byte % 16])
    }
  }

  /// Relative luminance of WCAG 2, with the square in place of its curve: 0 black, 1 white.
  package var luminance: Double { 0.2126 * red * red + 0.7152 * green * green + 0.0722 * blue * blue }

  /// The colour for text on this colour as a ground.
  package var readableText: Colour { luminance > 0.35 ? Self.darkText : Self.lightText }

  /// This colour where it can be seen on a ground, else black or white.
  package func readable(on ground: Colour) -> Colour {
    abs(luminance - ground.luminance) > 0.15 ? self : ground.readableText
  }

  /// Text on a light ground.
  package static let darkText = Colour(red: 0x1B / 255, green: 0x1D / 255, blue: 0x22 / 255)
  /// Text on a dark ground.
  package static let lightText = Colour(red: 0xF2 / 255, green: 0xF3 / 255, blue: 0xF6 / 255)
  private static let darkGround = Colour(red: 0x22 / 255, green: 0x25 / 255, blue: 0x2C / 255)
  /// Paper.
  package static let white = Colour(red: 1, green: 1, blue: 1)
  /// The usual line: nearly black.
  package static let ink = Colour(red: 0x22 / 255, green: 0x24 / 255, blue: 0x2A / 255)

  /// As a ground on a dark page: a light colour keeps its hue as a tint of the dark ground, a dark one stays.
  package var asDarkGround: Colour {
    guard luminance > 0.25 else { return self }
    let strongest = max(red, green, blue)
    let weakest = min(red, green, blue)
    guard strongest - weakest > 0.02 else { return Self.darkGround.mixed(with: self, share: 0.12) }
    let spread = strongest - weakest
    let pure = Colour(
      red: (red - weakest) / spread, green: (green - weakest) / spread, blue: (blue - weakest) / spread)
    return Self.darkGround.mixed(with: pure, share: 0.28)
  }

  /// As a line on a dark page: mixed with white until it stands out.
  package var asLineOnDark: Colour {
    brought {
      $0.luminance >= 0.3
    } towards: {
      Self.white
    }
  }

  /// As a line on a light page: mixed with the dark text colour until it stands out.
  package var asLineOnLight: Colour {
    brought {
      $0.luminance <= 0.75
    } towards: {
      Self.darkText
    }
  }

  private func brought(_ isEnough: (Colour) -> Bool, towards target: () -> Colour) -> Colour {
    for step in 0...10 {
      let candidate = mixed(with: target(), share: Double(step) / 10)
      if isEnough(candidate) { return candidate }
    }
    return target()
  }

  /// The colour that lies so far on the way to another one: 0 is this one, 1 the other.
  package func mixed(with other: Colour, share: Double) -> Colour {
    Colour(
      red: red + (other.red - red) * share, green: green + (other.green - green) * share,
      blue: blue + (other.blue - blue) * share)
  }
}
