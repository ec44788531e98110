import Foundation
import JobModel
import Testing
import Varlink
import Wire

/// The protocol document beside the code says what the code does.
struct DocumentTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Wire")

  private func document() throws -> String {
    try String(contentsOf: Self.folder.appending(path: "README.md"), encoding: .utf8)
  }

  @Test func `the table of limits has the numbers of the code`() throws {
    let expected = [
      "WireLimits.messageBytesMax": WireLimits.messageBytesMax,
      "WireLimits.messageDepthMax": WireLimits.messageDepthMax,
      "WireLimits.objectDepthMax": WireLimits.objectDepthMax,
      "WireLimits.openCallsMax": WireLimits.openCallsMax, "WireLimits.openBytesMax": WireLimits.openBytesMax,
      "WireLimits.bufferedBytesMax": WireLimits.bufferedBytesMax,
      "WireLimits.inlineDataBytesMax": WireLimits.inlineDataBytesMax,
      "WireLimits.payloadBytesMax": WireLimits.payloadBytesMax, "WireLimits.pageItemsMax": WireLimits.pageItemsMax,
      "WireLimits.versionsPerPageMax": WireLimits.versionsPerPageMax,
      "WireLimits.doneItemsPerLeaseMax": WireLimits.doneItemsPerLeaseMax,
      "WireLimits.doneBytesPerLeaseMax": WireLimits.doneBytesPerLeaseMax,
      "WireLimits.missingNeedsBytesPerLeaseMax": WireLimits.missingNeedsBytesPerLeaseMax,
      "ModelLimits.outputsBytesPerTaskMax": ModelLimits.outputsBytesPerTaskMax,
      "WireLimits.windowResultsDefault": WireLimits.windowResultsDefault,
      "WireLimits.logLinesPerCallMax": WireLimits.logLinesPerCallMax,
      "WireLimits.logLineBytesMax": WireLimits.logLineBytesMax, "WireLimits.lineBytesMax": WireLimits.lineBytesMax,
      "WireLimits.hostLineBytesMax": WireLimits.hostLineBytesMax,
      "WireLimits.pluginReadBytesMax": WireLimits.pluginReadBytesMax,
      "ModelLimits.kindBytesMax": ModelLimits.kindBytesMax, "ModelLimits.keyBytesMax": ModelLimits.keyBytesMax,
      "ModelLimits.globBytesMax": ModelLimits.globBytesMax,
      "ModelLimits.titleBytesMax": ModelLimits.titleBytesMax, "ModelLimits.pathBytesMax": ModelLimits.pathBytesMax,
      "ModelLimits.optionsBytesMax": ModelLimits.optionsBytesMax, "ModelLimits.metaBytesMax": ModelLimits.metaBytesMax,
      "ModelLimits.tasksPerCallMax": ModelLimits.tasksPerCallMax,
      "ModelLimits.needsPerTaskMax": ModelLimits.needsPerTaskMax,
      "ModelLimits.outputsPerTaskMax": ModelLimits.outputsPerTaskMax,
      "ModelLimits.labelsMax": ModelLimits.labelsMax, "ModelLimits.labelBytesMax": ModelLimits.labelBytesMax,
    ].merging(Self.limitsOfCalls.merging(Self.limitsOfFiles) { first, _ in first }) { first, _ in first }
    #expect(try limitsTable() == expected)
  }

  private static let limitsOfFiles = [
    "ModelLimits.recordBytesMax": ModelLimits.recordBytesMax,
    "ModelLimits.recordSetBytesMax": ModelLimits.recordSetBytesMax,
    "ModelLimits.columnBytesMax": ModelLimits.columnBytesMax,
    "ModelLimits.collectionBytesMax": ModelLimits.collectionBytesMax,
    "ModelLimits.collectionsPerTaskMax": ModelLimits.collectionsPerTaskMax,
    "ModelLimits.itemsPerCollectionMax": Int(ModelLimits.itemsPerCollectionMax),
    "ModelLimits.filesPerArchiveMax": ModelLimits.filesPerArchiveMax,
    "ModelLimits.filesPerRollbackMax": ModelLimits.filesPerRollbackMax,
  ]

  private static let limitsOfCalls = [
    "ModelLimits.modelsPerJobMax": ModelLimits.modelsPerJobMax,
    "ModelLimits.providerBytesMax": ModelLimits.providerBytesMax,
    "ModelLimits.modelBytesMax": ModelLimits.modelBytesMax, "ModelLimits.accountBytesMax": ModelLimits.accountBytesMax,
    "ModelLimits.purposeBytesMax": ModelLimits.purposeBytesMax,
    "ModelLimits.promptBytesMax": ModelLimits.promptBytesMax,
    "ModelLimits.answerBytesMax": ModelLimits.answerBytesMax,
    "ModelLimits.rawUsageBytesMax": ModelLimits.rawUsageBytesMax,
    "ModelLimits.filesPerCallMax": ModelLimits.filesPerCallMax,
    "ModelLimits.picoUSDPerCallMax": Int(ModelLimits.picoUSDPerCallMax),
    "ModelLimits.tokensPerCallMax": Int(ModelLimits.tokensPerCallMax),
    "ModelLimits.creditsPerCallMax": Int(ModelLimits.creditsPerCallMax),
    "ModelLimits.parkMsMax": Int(ModelLimits.parkMsMax),
    "ModelLimits.callsWaitingPerLeaseMax": ModelLimits.callsWaitingPerLeaseMax,
    "ModelLimits.callsOpenPerSessionMax": Int(ModelLimits.callsOpenPerSessionMax),
    "ModelLimits.callTurnMs": Int(ModelLimits.callTurnMs),
  ]

  /// Rows `| what | number | `Name` |`.
  private func limitsTable() throws -> [String: Int] {
    var table: [String: Int] = [:]
    for line in try document().split(separator: "\n") where line.hasPrefix("| ") && line.contains("Limits.") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
      table[cells[2]] = Int(cells[1].replacing(",", with: ""))
    }
    return table
  }

  @Test func `every limit of the code is in the table`() throws {
    let source = try String(contentsOf: Self.folder.appending(path: "WireLimits.swift"), encoding: .utf8)
    let names = source.matches(of: #/package static let (\w+(?:Max|Default)) /#).map { "WireLimits.\($0.1)" }
    #expect(!names.isEmpty)
    #expect(Set(names).subtracting(try limitsTable().keys).isEmpty)
  }

  @Test func `every method and every error is mentioned under its interface`() throws {
    let document = try document()
    for interface in try BrokerInterfaces.all() where interface.name != "org.varlink.certification" {
      let section = try #require(
        document.components(separatedBy: "\n## ").first { $0.hasPrefix(interface.name) }, "\(interface.name)")
      for name in interface.methods.map(\.name) + interface.errors.map(\.name) {
        #expect(section.contains("`\(name)"), "\(interface.name).\(name)")
      }
    }
  }

  @Test func `an independent parser reads the descriptions`() throws {
    let python = ProcessInfo.processInfo.environment["GENBROKER_VARLINK_PYTHON"] ?? "python3"
    guard try run(python, "import varlink").status == 0 else {
      print("skipped: \(python) has no module varlink; name one that has it in GENBROKER_VARLINK_PYTHON")
      return
    }
    for interface in try BrokerInterfaces.all() {
      let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).varlink")
      defer { try? FileManager.default.removeItem(at: file) }
      try Data(interface.text.utf8).write(to: file)
      let script = """
        import sys
        from varlink.scanner import Interface
        parsed = Interface(open(sys.argv[1]).read())
        print(parsed.name)
        print(" ".join(parsed.members))
        """
      let result = try run(python, script, file.path)
      let members = interface.types.map(\.name) + interface.methods.map(\.name) + interface.errors.map(\.name)
      let lines = result.output.split(separator: "\n")
      #expect(lines.first.map(String.init) == interface.name, "\(interface.name)")
      #expect(Set(lines.last?.split(separator: " ").map(String.init) ?? []) == Set(members), "\(interface.name)")
    }
  }

  private func run(_ python: String, _ script: String, _ arguments: String...) throws -> (status: Int32, output: String)
  {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "-c", script] + arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
