import Digest
import JSON
import PluginKit
import ProcessFiles

/// Turns what can be tested into tasks. None needs another one: scenarios come from the files alone.
struct TestPlanner {
  private let site: TestSite
  private let framework: Framework
  private let version: String

  init(_ site: TestSite, _ framework: Framework, version: String) {
    self.site = site
    self.framework = framework
    self.version = version
  }

  static let sharedPhase = "Simulator"
  static let nodePhase = "Tests of nodes"
  static let processPhase = "Tests of processes"

  /// The tasks, and the subjects for which there is none since nothing can be done with them.
  func plan() -> (tasks: [NewTask], untestable: [TestSite.Subject]) {
    var tests: [NewTask] = []
    var (tested, untestable): (Set<Int>, [TestSite.Subject]) = ([], [])
    for subject in site.subjects {
      guard let suite = site.suite(of: subject) else {
        untestable.append(subject)
        continue
      }
      tests.append(task(subject, suite))
      tested.insert(subject.document)
    }
    // A folder without tests would be no folder of tests.
    return ([sharedTask] + tested.sorted().compactMap(folderTask) + tests, untestable)
  }

  private var sharedTask: NewTask {
    let readme = SharedText.readme(site, framework)
    let digest = SHA256Digest(of: framework.sharedFiles.flatMap { $0.bytes + [0] } + Array(readme.utf8)).hex
    return NewTask(
      key: "tests/shared", op: TestsGenerator.sharedOp, title: "What all tests share", phase: Self.sharedPhase,
      payload: TestPayload(path: SharedText.readmePath, digest: digest, framework: framework).json,
      outputs: framework.sharedOutputs + [SharedText.readmePath], reuseBy: .payload)
  }

  /// The model of a file, and what its folder needs; nil where that is nothing.
  private func folderTask(_ document: Int) -> NewTask? {
    let files = FolderFiles(site, framework).files(document)
    guard let first = files.first else { return nil }
    return NewTask(
      key: "tests/model/\(site.folders[document])", op: TestsGenerator.modelOp,
      title: taskTitle("Model of \(site.titles.title(ofFile: document))"), phase: Self.sharedPhase,
      payload: TestPayload(
        path: first.name, digest: SHA256Digest(of: files.flatMap { $0.bytes + [0] }).hex, framework: framework
      ).json,
      outputs: files.map(\.name), reuseBy: .payload)
  }

  private func task(_ subject: TestSite.Subject, _ suite: Suite) -> NewTask {
    let path = site.path(of: subject, framework)
    let isNode = if case .node = subject.part { true } else { false }
    return NewTask(
      key: site.taskKey(of: subject), op: TestsGenerator.testOp, title: taskTitle(site.title(of: subject)),
      phase: isNode ? Self.nodePhase : Self.processPhase,
      payload: TestPayload(path: path, digest: digest(subject, suite), framework: framework).json, outputs: [path],
      reuseBy: .payload)
  }

  /// Of the file as it is without a model, and of what a model would be asked about it: so the task changes when, and only
  /// when, its file would. Whether a model is at hand makes no difference: a plan that is begun again may run where none is.
  private func digest(_ subject: TestSite.Subject, _ suite: Suite) -> String {
    let context = SuiteContext(site, subject, suite, version: version)
    let question = StepsQuestion(context)
    return SHA256Digest(of: Array("\(context.text(framework, with: .none))\n\(question.hash)".utf8)).hex
  }
}

/// What the task of a file of tests carries; everything else is read from the files.
struct TestPayload: Hashable, Sendable {
  var path: String
  /// See `TestPlanner`.
  var digest: String
  var framework: Framework

  init(path: String, digest: String, framework: Framework) {
    self.path = path
    self.digest = digest
    self.framework = framework
  }

  init(_ payload: JSONText) throws {
    let value = payload.raw.value
    guard let path = value["path"]?.string, let digest = value["digest"]?.string,
      let framework = value[Framework.optionName]?.string.flatMap(Framework.init)
    else {
      throw PluginFailure(
        "bad_payload", "the payload of tests needs path, digest and \(Framework.optionName); submit with op plan")
    }
    self.init(path: path, digest: digest, framework: framework)
  }

  var json: JSONText {
    JSONText(
      JSONTree.object([
        .init("path", .string(path)), .init("digest", .string(digest)),
        .init(Framework.optionName, .string(framework.rawValue)),
      ]))
  }
}

/// What lies in the folder of a file, beside its tests. The names are whole paths.
struct FolderFiles {
  private let site: TestSite
  private let framework: Framework

  init(_ site: TestSite, _ framework: Framework) {
    self.site = site
    self.framework = framework
  }

  func files(_ document: Int) -> [SharedFile] {
    let folder = "tests/\(site.folders[document])/"
    let shared = framework.folderFiles.map {
      SharedFile(name: folder + $0.name, mediaType: $0.mediaType, bytes: $0.bytes)
    }
    guard framework.usesSimulator else { return shared }
    let model = site.nets[document].json.bytes + [10]
    return shared + [SharedFile(name: folder + "model.json", mediaType: "application/json", bytes: model)]
  }
}
