import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// The generators of process files, together and with large pictures.
  @Suite(.timeLimit(.minutes(10)))
  struct Images {
    @Test func `documentation and pictures of the same files are made in one job, and large pictures come whole`()
      async throws
    {
      try await Installation.with { installation in
        _ = try await installation.broker()
        _ = try await installation.worker(kind: "docs", plugin: Built.docsPlugin)
        _ = try await installation.worker(kind: "images", plugin: Built.imagesPlugin)
        let model = Built.package + "/contrib/samples/order-fulfilment/order.bpmn"
        let input = JobsAPI.InputRef(name: "order.bpmn", sha256: try await installation.upload(file: model))
        let tasks = [
          JobsAPI.TaskSpec(key: "docs", kind: "docs", op: "plan"),
          // So large that a picture does not fit a line of the plugin.
          JobsAPI.TaskSpec(key: "pictures", kind: "images", op: "plan", payload: ["scale": 4]),
        ]
        let job = try await installation.call(JobsAPI.Submit(kind: "docs", inputs: [input], tasks: tasks)).job
        let ended = try await installation.end(of: job)
        #expect(ended.state == .succeeded, "\(ended)")
        let files = try await installation.files(of: job)
        #expect(files.contains { $0.path == "order/index.html" })
        let pictures = files.filter { $0.path.hasPrefix("images/order/") }
        #expect(Set(pictures.map { $0.path.suffix(4) }) == [".svg", ".png"])
        #expect(pictures.count == 2 * pictures.count { $0.path.hasSuffix(".svg") })
        let whole = try #require(pictures.first { $0.path == "images/order/diagram-1.png" })
        #expect(whole.size > 262_144, "the picture is too small to test what is large")
        let svg = try await installation.text("images/order/diagram-1.svg", of: job)
        #expect(parsedSVG(svg) != nil)
      }
    }
  }
}
