import Broker
import Glibc
import JSON
import TestSupport
import Testing

/// Clients that others have written.
@Suite(.serialized) struct IndependentClientTests {
  static let interfaces = [
    "org.varlink.service", "org.genbroker.Admin", "org.genbroker.Files", "org.genbroker.Jobs", "org.genbroker.Worker",
  ]

  /// The Python of an environment in which `varlink` of PyPI is installed.
  static var python: String? {
    if let path = getenv("GENBROKER_VARLINK_PYTHON").map({ String(cString: $0) }), access(path, X_OK) == 0 {
      return path
    }
    print("skipped: GENBROKER_VARLINK_PYTHON does not name a Python with the package 'varlink'")
    return nil
  }

  static var certification: String? {
    let path = "/usr/bin/varlink-go-certification"
    if access(path, X_OK) == 0 { return path }
    print("skipped: varlink-go-certification is not installed")
    return nil
  }

  @Test(.enabled(if: python != nil))
  func `the varlink client of PyPI reads every interface, calls and watches`() async throws {
    let python = try #require(Self.python)
    try await withBroker { broker in
      let address = "unix:\(broker.place.socket)"
      func varlink(_ arguments: String...) throws -> String {
        let (status, lines) = try runStatus([python, "-m", "varlink.cli"] + arguments)
        #expect(status == 0, "\(arguments)")
        return lines.joined(separator: "\n")
      }
      let info = try varlink("info", address)
      for name in Self.interfaces {
        #expect(info.contains(name))
        #expect(try varlink("help", "\(address)/\(name)").contains("interface \(name)"))
      }
      let submitted = try varlink("call", "\(address)/org.genbroker.Jobs.Submit", #"{"kind":"docs","title":"Größe"}"#)
      #expect(submitted.contains(#""job": 1"#))
      #expect(try varlink("call", "\(address)/org.genbroker.Jobs.List", "{}").contains(#"Gr\u00f6\u00dfe"#))
      let watched = try varlink(
        "call", "-m", "\(address)/org.genbroker.Jobs.Watch", #"{"since":"0","no_follow":true}"#)
      #expect(watched.contains("job.submitted") && watched.contains("caught_up"))
    }
  }

  @Test(.enabled(if: python != nil))
  func `the certification client of PyPI passes`() async throws {
    let python = try #require(Self.python)
    try await withBroker { broker in
      let address = "unix:\(broker.place.socket)"
      let (status, lines) = try runStatus(
        [python, "-m", "varlink.tests.test_certification", "--varlink=\(address)", "--client"])
      print(lines.suffix(3).joined(separator: "\n"))
      #expect(status == 0)
    }
  }

  @Test(.enabled(if: certification != nil))
  func `the certification client in Go passes`() async throws {
    let program = try #require(Self.certification)
    try await withBroker { broker in
      let (status, lines) = try runStatus([program, "--varlink=unix:\(broker.place.socket)", "--client"])
      print(lines.suffix(3).joined(separator: "\n"))
      #expect(status == 0)
    }
  }
}
