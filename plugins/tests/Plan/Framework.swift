import JSON
import PluginKit

/// What the tests are written for.
enum Framework: String, CaseIterable, Sendable {
  /// Python: tests of the model that run on the simulator which comes with them.
  case pytest
  /// The same scenarios as features, with steps for pytest-bdd on the simulator.
  case gherkin
  /// TypeScript, against a real system that has to be wired.
  case playwright
  /// Playwright in Python.
  case playwrightPython = "playwright-python"

  /// The option of the job, and the member of a payload, that names one.
  static let optionName = "framework"

  /// That of the job: what the payload of the task that plans says, else the option of the job, else pytest.
  ///
  /// - Throws: `PluginFailure` of class `bad_input` for an option or a framework that there is none of.
  init(_ task: GenerationTask) throws {
    let options = task.options.raw.value.members ?? []
    let unknown = options.map(\.key).filter { $0 != Self.optionName }.map { "'\($0)'" }
    guard unknown.isEmpty else {
      throw PluginFailure(
        "bad_input",
        "there is no option \(unknown.joined(separator: ", ")): tests has '\(Self.optionName)'.\nTake the others away.")
    }
    let given = task.payload.raw.value[Self.optionName] ?? task.options.raw.value[Self.optionName]
    guard let given else {
      self = .pytest
      return
    }
    guard let framework = given.string.flatMap(Framework.init) else {
      let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw PluginFailure(
        "bad_input",
        "there is no framework \(given.string.map { "'\($0)'" } ?? "of that kind").\nName one of \(names).")
    }
    self = framework
  }

  /// Whether the tests play the model, so that the simulator and the model come with them.
  var usesSimulator: Bool { self == .pytest || self == .gherkin }

  /// What is put for all files of a job.
  var sharedOutputs: [String] { sharedFiles.map { "tests/" + $0.name } }

  /// The file of tests of that name.
  func fileName(_ name: String) -> String {
    switch self {
    case .pytest, .playwrightPython: "test_\(name).py"
    case .gherkin: "\(name).feature"
    case .playwright: "\(name).spec.ts"
    }
  }

  var mediaType: String {
    switch self {
    case .pytest, .playwrightPython: "text/x-python"
    case .gherkin: "text/x-gherkin"
    case .playwright: "text/typescript"
    }
  }
}

/// A file that all tests share.
struct SharedFile: Sendable {
  let name: String
  let mediaType: String
  let bytes: [UInt8]
}

extension Framework {
  /// What is the same for every job.
  var sharedFiles: [SharedFile] {
    switch self {
    case .pytest: package + simulator + [python("conftest.py", PackageResources.conftest_py)]
    case .gherkin: package + simulator + [python("conftest.py", PackageResources.steps_py)]
    case .playwright:
      [
        SharedFile(name: "wiring.ts", mediaType: "text/typescript", bytes: PackageResources.wiring_ts),
        SharedFile(
          name: "playwright.config.ts", mediaType: "text/typescript", bytes: PackageResources.playwright_config_ts),
      ]
    case .playwrightPython: package + [python("conftest.py", PackageResources.wired_conftest_py)]
    }
  }

  /// What is the same for every file of a job: what makes its folder a package, and what collects its features.
  var folderFiles: [SharedFile] {
    switch self {
    case .pytest, .playwrightPython: [python("__init__.py", [])]
    case .gherkin: [python("__init__.py", []), python("test_features.py", PackageResources.features_py)]
    case .playwright: []
    }
  }

  /// A package, so that files of one name in two folders are two modules, and a place from which pytest counts.
  private var package: [SharedFile] {
    [
      python("__init__.py", []),
      SharedFile(name: "pytest.ini", mediaType: "text/plain", bytes: PackageResources.pytest_ini),
    ]
  }

  private var simulator: [SharedFile] { [python("bpmn_simulator.py", PackageResources.bpmn_simulator_py)] }

  private func python(_ name: String, _ bytes: [UInt8]) -> SharedFile {
    SharedFile(name: name, mediaType: "text/x-python", bytes: bytes)
  }
}
