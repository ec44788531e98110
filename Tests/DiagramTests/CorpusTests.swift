import BPMN
import Drawing
import TestSupport
import Testing

@testable import Diagram

/// Properties that hold for every picture of every model, checked on the public ones.
@Suite struct CorpusTests {
  private func solid(_ text: String) -> String { text.filter { !$0.isWhitespace && $0 != "\u{AD}" } }

  @Test(arguments: Corpus.files)
  func `the picture of a public model is well formed, complete and the same twice`(_ path: String) throws {
    guard let document = Corpus.document(path) else { return }
    for usesFileLayout in [true, false] {
      let renderer = DiagramRenderer(document, usesFileLayout: usesFileLayout)
      for index in renderer.planes.indices {
        let picture = renderer.picture(ofPlane: index)
        let again = DiagramRenderer(document, usesFileLayout: usesFileLayout).picture(ofPlane: index)
        #expect(picture == again)
        let svg = try #require(parsedSVG(picture.svg), "\(path) is not well-formed XML")
        let groups = svg.descendants.filter { $0.attributes["data-element"] != nil }
        let scene = renderer.scenes[index]
        #expect(groups.count == scene.nodes.count + scene.edges.count)
        let texts = Set(svg.descendants.filter { $0.name == "text" }.map(\.solidText))
        for name in scene.nodes.map(\.name) + scene.edges.map(\.name) where !solid(name).isEmpty {
          let isThere = texts.contains { solid($0).filter { $0 != "-" } == solid(name).filter { $0 != "-" } }
          #expect(isThere, "\(path): “\(name)” is not complete")
        }
      }
    }
  }

  @Test(arguments: Corpus.files)
  func `shapes stand where the file places them`(_ path: String) throws {
    guard let document = Corpus.document(path) else { return }
    for (plane, scene) in zip(DiagramRenderer(document).planes, DiagramRenderer(document).scenes) {
      let wanted = plane.shapes.filter { $0.element != nil }.map(\.bounds)
      for node in scene.nodes
      where document.planes.contains(where: { $0.shapes.contains { $0.element == node.element } }) {
        let isThere = wanted.contains {
          abs($0.x - node.bounds.x) <= 1 && abs($0.y - node.bounds.y) <= 1 && abs($0.width - node.bounds.width) <= 1
            && abs($0.height - node.bounds.height) <= 1
        }
        // A file with absurd numbers is the exception that proves the limits.
        #expect(isThere || abs(node.bounds.x) >= Limits.coordinatePx || path.contains("large-numbers"))
      }
    }
  }

  @Test(arguments: Corpus.files)
  func `names stay inside the picture and lines end at their nodes`(_ path: String) throws {
    guard let document = Corpus.document(path) else { return }
    for usesFileLayout in [true, false] {
      let renderer = DiagramRenderer(document, usesFileLayout: usesFileLayout)
      for (index, scene) in renderer.scenes.enumerated() {
        let svg = try #require(parsedSVG(renderer.picture(ofPlane: index).svg))
        let numbers = (svg.attributes["viewBox"] ?? "").split(separator: " ").compactMap { Double($0) }
        let view = Rect(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
        let labels = LabelPlacement(scene)
        let boxes =
          labels.nodeLabels.values.map(\.covered) + labels.edgeLabels.values.map(\.covered)
          + scene.nodes.compactMap { InnerText.placed(for: $0)?.covered }
        #expect(boxes.allSatisfy(view.contains), "\(path)")
        let places = scene.nodeIndex
        for edge in scene.edges {
          for (end, point) in [(edge.source, edge.waypoints.first), (edge.target, edge.waypoints.last)] {
            guard let node = end.flatMap({ places[$0] }), let point else { continue }
            let distance = distance(of: point, to: Outline(scene.nodes[node]))
            #expect(distance <= 2 || distance > 60, "\(path): \(edge.key) ends \(distance) px off its node")
          }
        }
      }
    }
  }

  private func distance(of point: Diagram.Point, to outline: Outline) -> Double {
    if outline.contains(point) {
      var shrunk = outline
      shrunk.bounds = outline.bounds.inset(by: 2.5)
      return shrunk.contains(point) ? 3 : 0
    }
    return outline.crossing(from: point, to: outline.bounds.center).distance(to: point)
  }

  @Test(arguments: Corpus.files)
  func `an automatic layout has no overlaps and no line through a node`(_ path: String) throws {
    guard let document = Corpus.document(path) else { return }
    for scene in DiagramRenderer(document, usesFileLayout: false).scenes {
      let bodies = scene.nodes.filter { !$0.figure.isContainer && !$0.figure.isBoundaryEvent }
      for (index, first) in bodies.enumerated() {
        for second in bodies.dropFirst(index + 1) {
          #expect(first.bounds.overlap(second.bounds) == 0, "\(path): \(first.key) and \(second.key) overlap")
        }
      }
      for edge in scene.edges {
        guard case .sequence = edge.figure else { continue }
        for body in bodies {
          let isCrossed = edge.line.segments.contains { body.bounds.inset(by: 2.5).isCrossed(from: $0, to: $1) }
          #expect(!isCrossed, "\(path): \(edge.key) passes through \(body.key)")
        }
      }
    }
  }

  @Test(arguments: Corpus.files)
  func `every node has a close-up that shows and marks it`(_ path: String) throws {
    guard let document = Corpus.document(path) else { return }
    for usesFileLayout in [true, false] {
      let renderer = DiagramRenderer(document, usesFileLayout: usesFileLayout)
      for node in document.nodes {
        let svg = try #require(parsedSVG(renderer.closeUp(of: node.handle).svg))
        let groups = svg.descendants.filter { $0.attributes["data-element"] != nil }
        #expect(groups.contains { $0.attributes["data-element"] == node.key }, "\(path): \(node.key)")
        #expect(svg.descendants.contains { $0.attributes["class"] == "h" }, "\(path): \(node.key)")
        let wanted = (node.incoming + node.outgoing).filter { document[$0].source != nil && document[$0].target != nil }
        let drawn = Set(groups.compactMap { $0.attributes["data-element"] })
        for flow in wanted {
          #expect(drawn.contains(document[flow].key), "\(path): \(node.key) lacks \(document[flow].key)")
        }
      }
    }
  }

  @Test(arguments: Corpus.files)
  func `the picture of a sub-process shows all that is in it`(_ path: String) throws {
    guard let document = Corpus.document(path) else { return }
    for usesFileLayout in [true, false] {
      let renderer = DiagramRenderer(document, usesFileLayout: usesFileLayout)
      for node in document.nodes where !node.children.isEmpty {
        let svg = try #require(parsedSVG(renderer.picture(ofContentsOf: node.handle).svg))
        let drawn = Set(svg.descendants.compactMap { $0.attributes["data-element"] })
        for child in node.children { #expect(drawn.contains(document[child].key), "\(path): \(node.key)") }
        for flow in node.contents.flows { #expect(drawn.contains(document[flow].key), "\(path): \(node.key)") }
      }
    }
  }

  @Test(arguments: Corpus.files)
  func `names outside of figures cover neither each other nor a body`(_ path: String) {
    guard let document = Corpus.document(path) else { return }
    for usesFileLayout in [true, false] {
      for scene in DiagramRenderer(document, usesFileLayout: usesFileLayout).scenes {
        let labels = LabelPlacement(scene)
        let boxes = (Array(labels.nodeLabels.values) + Array(labels.edgeLabels.values)).map { $0.box.inset(by: 0.5) }
        let bodies = scene.nodes.filter { !$0.figure.isContainer }.map(\.bounds)
        for (index, box) in boxes.enumerated() {
          #expect(boxes.dropFirst(index + 1).allSatisfy { $0.overlap(box) == 0 }, "\(path)")
          #expect(bodies.allSatisfy { $0.overlap(box) == 0 }, "\(path)")
        }
      }
    }
  }
}
