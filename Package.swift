// swift-tools-version: 6.2
// genbroker: durable, leased generation work on one machine.
//
// The order of the targets is the order of the house: a target imports only what stands above it
// (see Sources/README.md, the code map).

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// The tests that are to be built, by the names of what they try; all when this is not set. `contrib/test` builds what shares
/// memory between threads once for each sanitizer, and the whole house would take several times as long.
let chosenTests = Context.environment["GENBROKER_TESTS"]?.split(separator: ",").map { "\($0)Tests" }

/// For libraries of values, which share nothing: optimised also under the sanitizers, which would wait for them most of their time.
let fast: [SwiftSetting] = chosenTests == nil ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The standard library inside the program, in releases: it starts sooner and takes less memory. The kernel frees that
/// memory before it closes the sockets of a killed process, and until then nobody knows of its death.
let small: [LinkerSetting] = [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [], settings: [SwiftSetting] = [],
  plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(name)", exclude: readmes(name), resources: resources,
    swiftSettings: strict + settings, plugins: plugins)
}

/// The folders whose subject is described by a README beside the code.
func readmes(_ name: String) -> [String] {
  ["Wire", "Recipes"].contains(name) ? ["README.md"] : []
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests",
    exclude: testFiles[name] ?? [], swiftSettings: strict)
}

/// Folders of tests that hold no Swift.
let testFiles = ["CodePlugin": ["Scripts"], "CommandLine": ["Snapshots"], "JobStore": ["Fixtures"]]

let package = Package(
  name: "genbroker",
  products: [
    .executable(name: "genbroker", targets: ["genbroker"]),
    .executable(name: "genworker", targets: ["genworker"]),
    .executable(name: "genplugin-code", targets: ["genplugin-code"]),
    .executable(name: "genplugin-docs", targets: ["genplugin-docs"]),
    .executable(name: "genplugin-images", targets: ["genplugin-images"]),
    .executable(name: "genplugin-tests", targets: ["genplugin-tests"]),
    .library(name: "PluginKit", targets: ["PluginKit"]),
  ],
  targets: [
    // The C libraries, each imported by exactly one target.
    .systemLibrary(
      name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CLibUV", path: "Sources/CLibUV", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
    .target(name: "CLinux", path: "Sources/CLinux"),
    .systemLibrary(
      name: "CCMarkGFM", path: "Sources/CCMarkGFM", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
    .systemLibrary(name: "CNettle", path: "Sources/CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),

    .systemLibrary(
      name: "CLibCurl", path: "Sources/CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    // Also cairo and gdk-pixbuf, which are part of its interface. SwiftPM warns of a flag that GLib's own description asks
    // for and that is not needed ("prohibited flag(s): -pthread").
    .systemLibrary(
      name: "CRsvg", path: "Sources/CRsvg", pkgConfig: "librsvg-2.0",
      providers: [.apt(["librsvg2-dev", "libcairo2-dev"])]),
    .systemLibrary(name: "CWebP", path: "Sources/CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CStatFS", path: "Sources/CStatFS"),
    .systemLibrary(
      name: "CUnistring", path: "Sources/CUnistring", providers: [.apt(["libunistring-dev"])]),
    .systemLibrary(name: "CYAML", path: "Sources/CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

    // Values without I/O.
    library("Digest", ["CNettle"], settings: fast),
    library("FileSystem", ["CStatFS"]),
    library("JSON", settings: fast),
    library("JSONSchema", ["JSON"], settings: fast),
    library("JobModel", settings: fast),
    library("Spelling"),
    library("UnicodeText", ["CUnistring"], settings: [.strictMemorySafety()]),
    library("YAML", ["CYAML", "JSON", "JobModel", "Spelling"], settings: [.strictMemorySafety()]),
    library("Recipes", ["YAML", "JSON", "JSONSchema", "JobModel", "Spelling"], settings: fast),
    library("Varlink", ["JSON"], settings: fast),
    .executableTarget(
      name: "wiregen", dependencies: ["Varlink"], path: "Sources/wiregen", swiftSettings: strict),
    .plugin(
      name: "WireGenerator", capability: .buildTool(), dependencies: ["wiregen"], path: "Sources/WireGenerator"),
    library(
      "Wire", ["Varlink", "JSON", "JobModel"], resources: [.embedInCode("Interfaces")], plugins: ["WireGenerator"]),

    // The store and the loop.
    .target(name: "CGatheredLog", dependencies: ["CSQLite"], path: "Sources/CGatheredLog"),
    library("SQLite", ["CSQLite", "CGatheredLog"]),
    library("JobStore", ["JobModel", "SQLite", "JSON", "Digest", "FileSystem"]),
    library("EventLoop", ["CLibUV", "CLinux"], settings: [.strictMemorySafety()]),

    // HTTP, and models over it.
    library("HTTPTransport", ["CLibCurl", "EventLoop", "Digest", "FileSystem"], settings: [.strictMemorySafety()]),
    library(
      "ModelAPI", ["HTTPTransport", "EventLoop", "JSON", "JobModel", "Spelling", "Digest", "FileSystem"],
      resources: [.embedInCode("Prices/prices.json")]),

    // The processes.
    library(
      "Broker",
      ["JobStore", "YAML", "Recipes", "Wire", "Varlink", "EventLoop", "JSON", "JobModel", "Digest", "FileSystem"]),
    library("BrokerClient", ["Wire", "Varlink", "EventLoop", "JSON", "Digest", "FileSystem"]),
    library(
      "WorkerHost",
      ["BrokerClient", "ModelAPI", "JSONSchema", "Wire", "EventLoop", "JSON", "JobModel", "Digest", "FileSystem"]),
    library("PluginKit", ["Wire", "JSON", "JobModel"]),

    // Generators.
    library("HTML"),
    library("Markdown", ["CCMarkGFM", "HTML"], settings: [.strictMemorySafety()]),
    library("BPMN", settings: [.strictMemorySafety()]),
    library("Drawing"),
    library("Diagram", ["BPMN", "Drawing"]),
    library("Raster", ["CRsvg", "CWebP"], settings: [.strictMemorySafety()]),
    library("ProcessFiles", ["PluginKit", "BPMN", "JSON", "Digest"]),
    library("TaskFacts", ["PluginKit", "Drawing", "Raster", "Spelling", "JSON"]),

    // Executables.
    library("CommandLine", ["Spelling"]),
    .executableTarget(
      name: "genbroker",
      dependencies: [
        "Broker", "BrokerClient", "WorkerHost", "ModelAPI", "HTTPTransport", "CommandLine", "Wire", "EventLoop", "JSON",
        "JobModel", "JobStore", "Spelling", "Digest", "FileSystem", "SQLite", "Recipes", "YAML",
      ],
      path: "Sources/genbroker", swiftSettings: strict),
    .executableTarget(
      name: "genworker",
      dependencies: ["WorkerHost", "ModelAPI", "BrokerClient", "CommandLine", "EventLoop", "FileSystem", "JobModel"],
      path: "Sources/genworker", swiftSettings: strict, linkerSettings: small),
    .executableTarget(
      name: "genplugin-code", dependencies: ["PluginKit", "JSON", "JSONSchema"], path: "plugins/code",
      exclude: ["README.md"],
      resources: [.embedInCode("Templates"), .embedInCode("Prompts"), .embedInCode("Scripts")], swiftSettings: strict),
    .executableTarget(
      name: "genplugin-docs",
      dependencies: [
        "PluginKit", "ProcessFiles", "TaskFacts", "BPMN", "Diagram", "Drawing", "Raster", "HTML", "Markdown", "JSON",
        "JSONSchema", "Digest", "UnicodeText",
      ],
      path: "plugins/docs", exclude: ["README.md"],
      resources: [.embedInCode("Assets"), .embedInCode("Catalogue"), .embedInCode("Prompts")],
      swiftSettings: strict),
    .executableTarget(
      name: "genplugin-images",
      dependencies: [
        "PluginKit", "ProcessFiles", "TaskFacts", "BPMN", "Diagram", "Drawing", "Raster", "JSON", "Digest",
      ],
      path: "plugins/images", exclude: ["README.md"], swiftSettings: strict),
    .executableTarget(
      name: "genplugin-tests",
      dependencies: ["PluginKit", "ProcessFiles", "BPMN", "JSON", "JSONSchema", "Digest"],
      path: "plugins/tests", exclude: ["README.md"], resources: [.embedInCode("Assets"), .embedInCode("Prompts")],
      swiftSettings: strict),

    // Tests, in the order of the house.
    .target(name: "TestSupport", dependencies: ["EventLoop"], path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "BrokerSupport", dependencies: ["TestSupport", "EventLoop", "Varlink", "Wire"], path: "Tests/BrokerSupport",
      swiftSettings: strict),
    .target(
      name: "StoreSupport", dependencies: ["SQLite", "JSON"], path: "Tests/StoreSupport", swiftSettings: strict),
    .target(
      name: "ProcessSupport", dependencies: ["TestSupport", "BrokerClient", "EventLoop", "JSON", "Digest", "Wire"],
      path: "Tests/ProcessSupport", exclude: ["Plugins"], swiftSettings: strict),
    .target(
      name: "PluginSupport", dependencies: ["PluginKit", "JSON", "Digest"], path: "Tests/PluginSupport",
      swiftSettings: strict),
    tests("Digest", ["Digest"]),
    tests("FileSystem", ["FileSystem", "TestSupport"]),
    tests("JSON", ["JSON", "Fuzzing"]),
    tests("JSONSchema", ["JSONSchema", "JSON", "TestSupport"]),
    tests("JobModel", ["JobModel", "TestSupport"]),
    tests("Recipes", ["Recipes", "YAML", "JSON", "JSONSchema", "JobModel", "Wire", "TestSupport"]),
    tests("Spelling", ["Spelling"]),
    tests("UnicodeText", ["UnicodeText"]),
    tests("Varlink", ["Varlink", "JSON"]),
    tests("Wire", ["Wire", "Varlink", "JSON", "JobModel"]),
    tests("SQLite", ["SQLite", "FileSystem", "TestSupport"]),
    tests("JobStore", ["JobStore", "JobModel", "SQLite", "JSON", "Digest", "FileSystem", "TestSupport"]),
    tests("EventLoop", ["EventLoop", "TestSupport"]),
    tests(
      "ModelAPI", ["ModelAPI", "HTTPTransport", "EventLoop", "JSON", "JobModel", "Digest", "FileSystem", "TestSupport"]),
    tests("Broker", ["Broker", "Recipes", "Wire", "Varlink", "EventLoop", "JSON", "Digest", "TestSupport"]),
    tests(
      "BrokerClient",
      ["BrokerClient", "BrokerSupport", "TestSupport", "Wire", "Varlink", "EventLoop", "JSON", "Digest"]),
    tests(
      "WorkerHost",
      [
        "WorkerHost", "BrokerClient", "BrokerSupport", "TestSupport", "Wire", "Varlink", "EventLoop", "JSON",
        "JobModel", "Digest", "FileSystem",
      ]),
    tests("BPMN", ["BPMN"]),
    tests("Drawing", ["Drawing", "TestSupport"]),
    tests("Diagram", ["Diagram", "Drawing", "BPMN", "TestSupport"]),
    tests("Raster", ["Raster", "TestSupport"]),
    tests("CommandLine", ["CommandLine"]),
    tests("HTML", ["HTML"]),
    tests("Markdown", ["Markdown", "HTML", "TestSupport"]),
    tests("PluginKit", ["PluginKit", "Wire", "JSON"]),
    tests(
      "Command",
      [
        "genbroker", "genworker", "CommandLine", "Broker", "BrokerClient", "BrokerSupport", "ModelAPI", "HTTPTransport",
        "FileSystem",
        "Varlink", "Wire", "EventLoop", "JSON", "JobModel", "Digest", "Recipes", "YAML", "TestSupport",
      ]),
    tests(
      "DocsPlugin",
      [
        "genplugin-docs", "PluginSupport", "ProcessFiles", "TaskFacts", "Raster", "BPMN", "PluginKit", "Wire", "JSON",
        "JSONSchema", "Digest", "TestSupport",
      ]),
    tests(
      "TestsPlugin",
      ["genplugin-tests", "PluginSupport", "ProcessFiles", "BPMN", "PluginKit", "JSON", "Digest", "TestSupport"]),
    tests(
      "CodePlugin",
      ["genplugin-code", "PluginSupport", "PluginKit", "Recipes", "JobModel", "JSON", "TestSupport"]),
    tests(
      "ImagesPlugin",
      [
        "genplugin-images", "ProcessFiles", "TaskFacts", "PluginSupport", "BPMN", "Diagram", "Drawing", "Raster",
        "PluginKit",
        "JSON",
        "Digest", "TestSupport",
      ]),
    // The simulation, and a program that runs it optimised: `contrib/simulate`.
    .target(name: "CSimulatedDisk", dependencies: ["CSQLite"], path: "Tests/CSimulatedDisk"),
    .target(
      name: "Simulation",
      dependencies: [
        "Broker", "JobStore", "SQLite", "Wire", "Varlink", "EventLoop", "JSON", "Digest", "FileSystem", "TestSupport",
        "StoreSupport", "CSimulatedDisk",
      ],
      path: "Tests/Simulation", swiftSettings: strict),
    .executableTarget(
      name: "simulate", dependencies: ["Simulation"], path: "Tests/SimulateProgram", swiftSettings: strict),
    tests(
      "Simulation",
      ["Simulation", "StoreSupport", "CSimulatedDisk", "FileSystem", "SQLite", "EventLoop", "Varlink", "Wire"]),
    tests(
      "EndToEnd",
      [
        "ProcessSupport", "TestSupport", "BrokerClient", "ModelAPI", "Recipes", "JobModel", "Digest", "EventLoop",
        "JSON",
        "Varlink", "Wire",
      ]),
    // The crash harness and its program, which is also each of its clients: `contrib/crash`.
    .target(
      name: "CrashHarness",
      dependencies: [
        "ProcessSupport", "StoreSupport", "TestSupport", "BrokerClient", "EventLoop", "JSON", "Digest", "FileSystem",
        "Wire",
      ],
      path: "Tests/CrashHarness", swiftSettings: strict),
    .executableTarget(name: "crash", dependencies: ["CrashHarness"], path: "Tests/CrashProgram", swiftSettings: strict),
    tests("CrashHarness", ["CrashHarness", "TestSupport"]),
    // What comes in from outside, under libFuzzer: `contrib/fuzz`. Built as everything else, the program tries single inputs.
    .target(name: "CFuzzer", path: "Tests/CFuzzer"),
    .target(
      name: "Fuzzing",
      dependencies: [
        "JSON", "JSONSchema", "JobModel", "YAML", "Recipes", "Varlink", "Wire", "ModelAPI", "BPMN", "Diagram",
        "Drawing",
        "HTML",
        "Markdown",
      ],
      path: "Tests/Fuzzing", exclude: ["Seeds"], swiftSettings: strict),
    .executableTarget(
      name: "fuzz", dependencies: ["Fuzzing", "CFuzzer"], path: "Tests/FuzzProgram", swiftSettings: strict),
    tests("Fuzzing", ["Fuzzing"]),
  ],
  swiftLanguageModes: [.v6]
)

if var open = chosenTests {
  // What these tests stand on.
  var needed: Set<String> = []
  while let name = open.popLast() {
    guard needed.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else { continue }
    for case .byNameItem(let dependency, _) in target.dependencies { open.append(dependency) }
    for case .plugin(let plugin, _) in target.plugins ?? [] { open.append(plugin) }
  }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}
