import Foundation
import JSON
import PluginKit
import TestSupport
import Testing

@testable import genplugin_code

/// Projects that run: their tests, their server, and their tests against broken routers. Needs PyPI once.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct GeneratedProjectTests {
  /// Names that are taken, letters of all kinds, circles, narrow bounds.
  private static let hostile = """
    "Quotes" and \\backslashes `ticks` <script> {{about}} $(rm) ünïcode "; import os
    entity class: import, from, metadata, registry, json, copy, schema, date, datetime, str, int, type, limit: boolean, offset: boolean, dt, list, filters
    entity Date: on date required, at: datetime required, self: Date
    entity BlogPosts: Größe, naïve café, éa, HTTPServerName, model_config, model_name text, __init__ text, query, validate, relationship, mapped_column
    entity Session: base: Base unique, field: Field optional
    entity Base: x: text(4) unique, y: text min=1 max=1, z: number min=-0.5 max=0.5, k: integer max=-5, m: integer min=9223372036854775000, u: integer unique max=0
    entity Field: owner: Session optional, c: "a b"|"c\\"d"|it's|ü|"{{x}}" default=ü
    entity metadata: user: Users
    entity people: employer: company optional
    entity company: boss: person optional, founded: date
    entity Users: stock optional, is_active: boolean required, notes optional, address, statuses, order, group, select, table
    entity only times: seen_at, first_on
    entity test: a_b, user: Users unique
    entity settings: bio: text min=20 max=25, code: text(4) unique, long: text min=300 max=400
    entity app: engine, t: text
    entity AVeryLongNameOfAnEntityThatIsFo: AnotherVeryLongNameOfAFieldThat: text required, b optional
    entity TheSecondOfTheVeryLongNamesOfAll: reference_to_another: AVeryLongNameOfAnEntityThatIsFo unique, itself: TheSecondOfTheVeryLongNamesOfAll unique
    """

  /// Entities and rules as a model would give them.
  private static func model(_ question: ModelQuestion) throws -> ModelAnswer {
    let json =
      question.purpose == "plan"
      ? #"""
      {"title": "Leave", "entities": [{"name": "person", "fields": ["name", "email unique"]}, {"name": "leave", "fields":
        ["starts_on", "ends_on: date required", "paid_on", "status: open|granted|refused default=open", "granted_at",
         "has_note", "note optional", "days", "days_left: integer", "person"]}]}
      """#
      : #"""
      {"summary": "What the \"\"\" model\\ says.", "fields": [{"name": "status", "description": "it's \"open\""}], "rules": [
        {"kind": "order", "lower": "starts_on", "upper": "ends_on"},
        {"kind": "order", "lower": "ends_on", "upper": "paid_on", "allow_equal": false},
        {"kind": "order", "lower": "days_left", "upper": "days"},
        {"kind": "required_when", "field": "granted_at", "when": "status", "equals": "granted"},
        {"kind": "required_when", "field": "note", "when": "has_note", "equals": true}]}
      """#
    return ModelAnswer(model: "test/model-1", text: json, value: try JSONText(json))
  }

  private func check(_ job: CodeJob, python: String) throws {
    #expect(job.failures == [:])
    try withDirectory { directory in
      try job.write(to: directory)
      let end = try GeneratedProject.pytest(python, in: directory)
      #expect(end.status == 0, "\(end.output.suffix(3_000))")
      print("generated project of \(job.order.count - 5) entities: \(end.output.split(separator: "\n").last ?? "")")
    }
  }

  @Test func `the tests of a project of five entities pass`() throws {
    guard let python = GeneratedProject.python else { return }
    try check(CodeJob(CodeJob.blog).run(), python: python)
  }

  @Test func `those of a project of sixteen entities with hostile names pass`() throws {
    guard let python = GeneratedProject.python else { return }
    try check(CodeJob(Self.hostile).run(), python: python)
  }

  @Test func `those of a project with the rules of a model pass, and would not without the rules`() throws {
    guard let python = GeneratedProject.python else { return }
    let job = try CodeJob("Who is away?", model: Self.model).run()
    try check(job, python: python)
    try withDirectory { directory in
      try job.write(to: directory)
      let path = directory + "/app/schemas/leave.py"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.ranges(of: "raise ValueError").count == 5)
      try Data(text.replacing("raise ValueError", with: "str").utf8).write(to: URL(filePath: path))
      let end = try GeneratedProject.pytest(python, in: directory)
      #expect(end.output.contains("5 failed"), "\(end.output.suffix(500))")
    }
  }

  @Test func `each handler of each router, broken in two ways, is missed by a test`() throws {
    guard let python = GeneratedProject.python else { return }
    let job = try CodeJob(CodeJob.blog).run()
    try withDirectory { directory in
      try job.write(to: directory)
      let script = try String(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts/break_routers.py"),
        encoding: .utf8)
      let end = try GeneratedProject.run(python, ["-c", script], in: directory)
      #expect(end.status == 0, "\(end.output.suffix(3_000))")
      print(end.output)
      // Five entities, five handlers, two ways.
      #expect(end.output.contains("50 of 50 broken handlers were noticed"))
    }
  }

  @Test func `the server answers a request of each kind for every entity, and keeps what it was told over a restart`()
    throws
  {
    guard let python = GeneratedProject.python else { return }
    let job = try CodeJob(CodeJob.blog).run()
    try withDirectory { directory in
      try job.write(to: directory)
      let script = try String(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts/use_server.py"),
        encoding: .utf8)
      let end = try GeneratedProject.run(python, ["-c", script], in: directory)
      #expect(end.status == 0 && end.output.contains("5 entities served"), "\(end.output.suffix(3_000))")
      print(end.output)
    }
  }
}
