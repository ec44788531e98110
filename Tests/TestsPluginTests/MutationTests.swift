import Foundation
import PluginSupport
import TestSupport
import Testing

@testable import genplugin_tests

/// The generated tests can fail: whoever changes the model finds at least one of them red.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct MutationTests {
  /// Changes one thing after the other in each `model.json`, and runs the tests of its folder with each.
  private static let mutations = """
    import copy, glob, json, os, sys
    sys.dont_write_bytecode = True
    import pytest

    def without_flow(model, key):
        flow = model["flows"].pop(key)
        model["nodes"][flow["source"]]["outgoing"].remove(key)
        model["nodes"][flow["target"]]["incoming"].remove(key)

    def mutations(model):
        for key in model["flows"]:
            yield f"without the flow {key}", lambda model, key=key: without_flow(model, key)
        for key, node in model["nodes"].items():
            ways = max(len(node["incoming"]), len(node["outgoing"]))
            other = {"exclusiveGateway": "parallelGateway", "parallelGateway": "exclusiveGateway"}.get(node["kind"])
            if other and ways > 1:
                yield f"{key} as {other}", lambda model, key=key, other=other: model["nodes"][key].update(kind=other)
            if "default" in node:
                yield f"{key} without default", lambda model, key=key: model["nodes"][key].pop("default")
            if node["kind"] == "boundaryEvent" and "handler" not in node:
                yield f"{key} interrupts or not", lambda model, key=key: model["nodes"][key].update(
                    interrupting=not model["nodes"][key]["interrupting"])
            if node["events"] and node["kind"] in ("endEvent", "intermediateThrowEvent"):
                yield f"{key} throws nothing", lambda model, key=key: model["nodes"][key].update(events=[])
            if node["waits"] and "eventSubProcess" not in node:
                yield f"{key} does not wait", lambda model, key=key: model["nodes"][key].update(waits="", entries=[])

    def passes(folder):
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", folder])))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    count, survivors = 0, []
    for path in sorted(glob.glob("tests/*/model.json")):
        text = open(path, encoding="utf-8").read()
        assert passes(os.path.dirname(path)), path
        for name, change in mutations(json.loads(text)):
            model = json.loads(text)
            change(model)
            open(path, "w", encoding="utf-8").write(json.dumps(model))
            count += 1
            if passes(os.path.dirname(path)):
                survivors.append(path + ": " + name)
        open(path, "w", encoding="utf-8").write(text)
    print(f"{count} changes, {len(survivors)} not noticed", *survivors, sep="\\n")
    sys.exit(1 if survivors or not count else 0)
    """

  @Test func `a flow less, another gateway, no default, an event that no longer interrupts: each makes a test fail`()
    throws
  {
    guard Python.interpreter != nil else { return }
    let host = try FakeHost.tests(of: Corpus.sample())
    try withDirectory { directory in
      try host.export(to: directory)
      let (status, output) = try Python.run(Self.mutations, in: directory)
      print("mutations of the sample: \(output.split(separator: "\n").first ?? "none")")
      #expect(status == 0, "\(output.suffix(3_000))")
    }
  }
}
