import Drawing

/// The colours of a picture, as CSS that works on light and dark pages.
///
/// Every element carries its light colours as plain attributes, which is all that a rasteriser without custom
/// properties needs. In a browser the rules below win: they take the page's `--bpmn-stroke`, `--bpmn-fill`,
/// `--bpmn-text` and `--bpmn-highlight` where the page sets them, else good values for the reader's colour scheme; `data-theme="light"` or `"dark"` on the page's root element overrules that scheme.
enum StyleSheet {
  static let light = Paints.light
  static let highlight = hexColour("#e8590c")
  private static let white = Colour.white
  private static let ink = Colour.ink

  private static let lineOnDark = hexColour(darkStroke)
  private static let fillOnDark = hexColour(darkFill)
  private static let darkStroke = "#d3d7e0"
  private static let darkFill = "#23262e"
  private static let darkText = "#e9ebf0"
  private static let darkHighlight = "#ffa94d"

  /// The rules for the picture whose drawing group has the id `scope`. All of them are bound to it, because a
  /// `style` element inside a page's SVG applies to the whole page.
  static func rules(scope: String) -> String {
    let group = "#" + scope
    return [
      "\(group){\(defaults(stroke: ink.hex, fill: white.hex, text: ink.hex, accent: highlight.hex))}",
      dark(group, defaultsDark, media: true), dark(group, defaultsDark, media: false),
      "\(group) .c{--f:var(--fl);--s:var(--sl);--t:var(--tl);--o:var(--ol);--i:var(--il)}",
      dark("\(group) .c", "--f:var(--fd);--s:var(--sd);--t:var(--td);--o:var(--od);--i:var(--id)", media: true),
      dark("\(group) .c", "--f:var(--fd);--s:var(--sd);--t:var(--td);--o:var(--od);--i:var(--id)", media: false),
      "\(group) .n{fill:var(--f);stroke:var(--s)}",
      "\(group) .k{fill:var(--s)}",
      "\(group) .i,\(group) .i .k{stroke:var(--i)}",
      "\(group) .i .k{fill:var(--i)}",
      "\(group) .w,\(group) .i .w{stroke:var(--f)}",
      "\(group) .t{fill:var(--t);stroke:none}",
      "\(group) .o{fill:var(--o);stroke:none}",
      "\(group) .h{fill:none;stroke:var(--h)}",
      "\(group) a:hover .h,\(group) a:focus .h,\(group) a:hover .n,\(group) a:focus .n{stroke:var(--h)}",
      "\(group) a{cursor:pointer;text-decoration:none}",
    ].joined()
  }

  private static var defaultsDark: String {
    defaults(
      stroke: darkStroke, fill: darkFill, text: darkText, accent: darkHighlight)
  }

  private static func defaults(stroke: String, fill: String, text: String, accent: String) -> String {
    "--s:var(--bpmn-stroke,\(stroke));--f:var(--bpmn-fill,\(fill));--t:var(--bpmn-text,\(text));--o:var(--t);"
      + "--h:var(--bpmn-highlight,\(accent))"
  }

  /// A rule for dark pages: either when the reader prefers dark and the page does not say light, or when the page
  /// says dark.
  private static func dark(_ selector: String, _ declarations: String, media: Bool) -> String {
    media
      ? "@media (prefers-color-scheme:dark){:root:not([data-theme=light]) \(selector){\(declarations)}}"
      : ":root[data-theme=dark] \(selector){\(declarations)}"
  }

  /// Custom properties of one element whose colours the model sets: light and dark fill, line, text inside and text
  /// outside. Nil when the model sets none.
  static func properties(_ requested: RequestedColours) -> String? {
    guard !requested.isEmpty else { return nil }
    let text = requested.text
    let ground = requested.fill
    let dark = ground?.asDarkGround
    return [
      ("fl", ground?.hex ?? "var(--bpmn-fill,\(white.hex))"),
      ("fd", dark?.hex ?? "var(--bpmn-fill,\(darkFill))"),
      ("sl", requested.stroke?.asLineOnLight.hex ?? "var(--bpmn-stroke,\(ink.hex))"),
      ("sd", requested.stroke?.asLineOnDark.hex ?? "var(--bpmn-stroke,\(darkStroke))"),
      ("tl", inside(text, on: ground) ?? "var(--bpmn-text,\(ink.hex))"),
      ("td", inside(text.map(\.asLineOnDark), on: dark) ?? "var(--bpmn-text,\(darkText))"),
      ("il", (requested.stroke?.asLineOnLight ?? ink).readable(on: ground ?? white).hex),
      ("id", (requested.stroke?.asLineOnDark ?? lineOnDark).readable(on: dark ?? fillOnDark).hex),
      ("ol", text?.asLineOnLight.hex ?? "var(--bpmn-text,\(ink.hex))"),
      ("od", text?.asLineOnDark.hex ?? "var(--bpmn-text,\(darkText))"),
    ].map { "--\($0.0):\($0.1)" }.joined(separator: ";")
  }

  /// Text inside a shape: the wanted colour when it can be read on the ground, else black or white.
  private static func inside(_ text: Colour?, on ground: Colour?) -> String? {
    guard let ground else { return text?.hex }
    guard let text, abs(text.luminance - ground.luminance) > 0.3 else { return ground.readableText.hex }
    return text.hex
  }

  /// The light colours of an element, for the plain attributes.
  static func lightPaints(_ requested: RequestedColours) -> Paints {
    let fill = requested.fill ?? light.fill
    let stroke = requested.stroke?.asLineOnLight ?? light.stroke
    let text = inside(requested.text, on: requested.fill).flatMap(Colour.init) ?? light.text
    return Paints(fill: fill, stroke: stroke, text: text, symbol: stroke.readable(on: fill))
  }

  /// The light colour of text outside of figures.
  static func lightText(_ requested: RequestedColours) -> Colour { requested.text?.asLineOnLight ?? light.text }

  private static func hexColour(_ text: String) -> Colour {
    guard let colour = Colour(text) else { preconditionFailure("not a colour: \(text)") }
    return colour
  }
}
