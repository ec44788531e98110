import ProcessFiles

/// The page that says how the tests of a job are run.
enum SharedText {
  static let readmePath = "tests/README.md"

  static func readme(_ site: TestSite, _ framework: Framework) -> String {
    var text = "# Tests of process models\n\n\(framework.howToRun)\n\n"
    text += "| folder | file | nodes | processes |\n|---|---|---|---|\n"
    for (folder, net) in zip(site.folders, site.nets) {
      let index = site.folders.firstIndex(of: folder) ?? 0
      let name = cell(site.titles.title(ofFile: index))
      text += "| `\(folder)` | \(name) | \(net.nodes.count) | \(net.processes.count) |\n"
    }
    return text + "\nMade by genplugin-tests; what is changed here by hand is written over when the model changes.\n"
  }

  /// A text in a table: nothing in it is Markdown or ends the cell.
  private static func cell(_ text: String) -> String {
    var result = ""
    for scalar in SourceText.oneLine(text).unicodeScalars {
      if scalar.isASCII, !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar), scalar != " " {
        result += "\\"
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}

extension Framework {
  fileprivate var howToRun: String {
    switch self {
    case .pytest:
      """
      `pip install pytest`, then `pytest tests`. The tests play each model (`model.json`) on the token simulator
      `bpmn_simulator.py`; no system is needed. Those that ask the real system are skipped with the reason until `BPMN_WIRING` names
      a module as `conftest.py` tells. A test that is expected to fail (`xfailed`) shows a way on which the model does not come to an
      end.
      """
    case .gherkin:
      """
      `pip install pytest pytest-bdd`, then `pytest tests`. The steps in `conftest.py` play each model (`model.json`) on the
      token simulator `bpmn_simulator.py`; no system is needed. A scenario with the tag `@fault` is expected to fail: it shows a
      way on which the model does not come to an end.
      """
    case .playwright:
      """
      `npm install --save-dev @playwright/test`, then `npx playwright test --config tests/playwright.config.ts`. The tests are
      skipped with the reason until `BPMN_WIRING` names a module as `wiring.ts` tells.
      """
    case .playwrightPython:
      """
      `pip install pytest-playwright`, then `pytest tests`. The tests are skipped with the reason until `BPMN_WIRING` names a
      module as `conftest.py` tells.
      """
    }
  }
}
