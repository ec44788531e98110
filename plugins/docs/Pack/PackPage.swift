import Digest
import HTML
import JSON
import Raster

/// The pack as one page that needs no other file: pictures stand in it, and nothing in it runs or is loaded.
struct PackPage {
  let content: PackContent
  let generator: String

  private static let style = String(decoding: PackageResources.pack_css, as: UTF8.self)

  /// Of what may be used: pictures that stand in the page, and the one style.
  private static let policy =
    "default-src 'none'; img-src data:; style-src 'sha256-\(Base64.string(SHA256Digest(of: Array(style.utf8)).bytes))'; "
    + "base-uri 'none'; form-action 'none'"

  var html: String {
    HTMLWriter.document(language: "en") { writer in
      writer.element(.head) { head in
        head.void(.meta, [Attribute("charset", "utf-8")])
        head.element(.title, text: "Tech pack: \(content.title)")
        head.void(.meta, [Attribute("name", "viewport"), Attribute("content", "width=device-width, initial-scale=1")])
        head.void(.meta, [Attribute("name", "generator"), Attribute("content", generator)])
        head.void(.meta, [Attribute("http-equiv", "Content-Security-Policy"), Attribute("content", Self.policy)])
        head.trusted("<style>\(Self.style)</style>\n")
      }
      writer.element(.body) { body in
        header(&body)
        body.element(.main) { main in
          missing(&main)
          for (number, view) in content.views.enumerated() { write(view, number + 1, &main) }
          measures(&main)
        }
        body.element(.footer) {
          $0.element(.p, text: "Made by \(generator); \(content.origins.joined(separator: "; ")).")
        }
      }
    }
  }

  private func header(_ writer: inout HTMLWriter) {
    writer.element(.header) { header in
      header.element(.p, text: "Tech pack")
      header.element(.h1, [Attribute("dir", "auto")], text: content.payload.product)
      let lines = [("Category", content.payload.category), ("Revision", content.payload.revision)]
      list(lines.compactMap { name, text in text.map { (name, $0) } }, &header)
      header.element(.nav) { nav in
        nav.element(.ul) { list in
          for (number, view) in content.views.enumerated() {
            list.element(.li) { $0.link(Address(path: "", fragment: "view-\(number + 1)"), text: "View: \(view.name)") }
          }
          if !content.measures.isEmpty {
            list.element(.li) { $0.link(Address(path: "", fragment: "measures"), text: "Measures") }
          }
        }
      }
    }
  }

  private func list(_ lines: [(name: String, text: String)], _ writer: inout HTMLWriter) {
    guard !lines.isEmpty else { return }
    writer.element(.dl) { list in
      for line in lines {
        list.element(.dt, text: line.name)
        list.element(.dd, [Attribute("dir", "auto")], text: line.text)
      }
    }
  }

  private func missing(_ writer: inout HTMLWriter) {
    guard !content.missing.isEmpty else { return }
    writer.element(.section, [.class("missing"), .id("missing")]) { section in
      section.element(.h2, text: "What is missing")
      texts(content.missing, &section)
    }
  }

  private func texts(_ texts: [String], _ writer: inout HTMLWriter) {
    writer.element(.ul) { list in
      for text in texts { list.element(.li, [Attribute("dir", "auto")], text: text) }
    }
  }

  // MARK: Views

  private func write(_ view: PackContent.View, _ number: Int, _ writer: inout HTMLWriter) {
    writer.element(.section, [.id("view-\(number)")]) { section in
      section.element(.h2, [Attribute("dir", "auto")], text: "View: \(view.name)")
      if let picture = view.picture { figure(picture, "View: \(view.name)", &section) }
      if let analysis = view.analysis { write(analysis, &section) }
      if let sketch = view.sketch {
        section.element(.h3, text: "Sketch")
        figure(sketch, "Sketch of view \(view.name)", &section)
      }
      guard !view.closeUps.isEmpty else { return }
      section.element(.h3, text: "Close-ups")
      section.element(.div, [.class("close-ups")]) { grid in
        for closeUp in view.closeUps {
          figure(closeUp.picture, [closeUp.name, closeUp.note].compactMap { $0 }.joined(separator: ": "), &grid)
        }
      }
    }
  }

  private func figure(_ picture: PackPicture, _ caption: String, _ writer: inout HTMLWriter) {
    writer.element(.figure) { figure in
      figure.void(
        .img,
        [
          Attribute("src", picture.address), Attribute("alt", caption), Attribute("width", "\(picture.size.width)"),
          Attribute("height", "\(picture.size.height)"),
        ])
      figure.element(.figcaption, [Attribute("dir", "auto")]) { text in
        text.text(caption)
        text.element(.small, text: [picture.path, picture.origin].compactMap { $0 }.joined(separator: ", "))
      }
    }
  }

  private func write(_ analysis: PackContent.Analysis, _ writer: inout HTMLWriter) {
    writer.element(.p, [Attribute("dir", "auto")], text: analysis.summary)
    list(analysis.facts, &writer)
    if !analysis.details.isEmpty {
      writer.element(.h3, text: "Details")
      texts(analysis.details.map { Self.words($0.name, $0.note, $0.origin) }, &writer)
    }
    for note in analysis.notes {
      writer.element(.h3, [Attribute("dir", "auto")], text: note.name)
      texts(note.texts, &writer)
    }
    palette(analysis, &writer)
  }

  /// `Cuff: worn edge (category apparel)`
  static func words(_ name: String, _ note: String?, _ origin: String?) -> String {
    name + (note.map { ": \($0)" } ?? "") + (origin.map { " (\($0))" } ?? "")
  }

  private func palette(_ analysis: PackContent.Analysis, _ writer: inout HTMLWriter) {
    guard !analysis.palette.isEmpty else { return }
    writer.element(.h3, text: "Colours")
    writer.element(.ul, [.class("palette")]) { list in
      for colour in analysis.palette {
        list.element(.li) { item in
          // A drawing, since the policy lets no style of an element through.
          item.trusted(
            "<svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><path fill=\"\(colour.hex)\" d=\"M0 0h1v1H0z\"/></svg>")
          item.text(colour.share)
        }
      }
    }
  }

  private func measures(_ writer: inout HTMLWriter) {
    guard !content.measures.isEmpty else { return }
    writer.element(.section, [.id("measures")]) { section in
      section.element(.h2, text: "Measures")
      section.element(.table) { table in
        table.element(.thead) { head in
          head.element(.tr) { row in
            for name in ["Code", "Measure", "Value"] { row.element(.th, [Attribute("scope", "col")], text: name) }
          }
        }
        table.element(.tbody) { body in
          for measure in content.measures {
            body.element(.tr) { row in
              row.element(.th, [Attribute("scope", "row")], text: measure.code)
              row.element(.td, [Attribute("dir", "auto")], text: measure.name)
              row.element(.td, text: measure.value)
            }
          }
        }
      }
    }
  }
}
