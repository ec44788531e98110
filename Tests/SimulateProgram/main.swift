import Glibc
import Simulation

// Runs simulations: `simulate [--first SEED] [--seeds COUNT] [--stride N] [--steps STEPS] [--talk 1] [--raw 1]`.
// Exits with 1, and the command that replays it, when a promise is broken.

// Dictionaries have another order in every process unless this is set before it starts; a seed must mean the same again.
if getenv("SWIFT_DETERMINISTIC_HASHING") == nil {
  setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
  var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
  execv("/proc/self/exe", &arguments)
  perror("simulate: cannot start itself anew")
  exit(2)
}

struct Options {
  var first: UInt64 = 1
  var seeds = 100
  var stride: UInt64 = 1
  var steps = 300
  var isTalking = false
  var isRaw = false

  init(_ arguments: [String]) {
    var rest = arguments.dropFirst()
    while let name = rest.popFirst() {
      guard let text = rest.popFirst(), let value = UInt64(text) else { Options.fail(name) }
      switch name {
      case "--first": first = value
      case "--seeds": seeds = Int(value)
      case "--stride": stride = value
      case "--steps": steps = Int(value)
      case "--talk": isTalking = value > 0
      case "--raw": isRaw = value > 0
      default: Options.fail(name)
      }
    }
  }

  private static func fail(_ name: String) -> Never {
    print(
      "simulate: '\(name)' is no option with a number; there are --first, --seeds, --stride, --steps, --talk, --raw")
    exit(2)
  }
}

/// For people, or as `tally<TAB>group<TAB>name<TAB>count` for who adds up several runs.
func show(_ tally: Tally, isRaw: Bool) {
  var group = ""
  for row in tally.rows {
    if isRaw {
      print("tally\t\(row.group)\t\(row.name)\t\(row.count)")
      continue
    }
    if row.group != group { print("\(row.group):") }
    group = row.group
    print("  \(row.name) \(row.count)")
  }
}

let options = Options(CommandLine.arguments)
var total = Tally()
let template = try Template.make()
for index in 0..<options.seeds {
  let seed = options.first + UInt64(index) * options.stride
  // One seed of twenty begins without a store, so that faults meet its making as well.
  let world = World(seed: seed, steps: options.steps, template: seed % 20 == 0 ? nil : template)
  world.isTalking = options.isTalking
  do {
    try world.run(steps: options.steps)
  } catch {
    print("seed \(seed), step \(world.tally.steps): \(error)")
    for line in world.host.log.suffix(5) { print("  broker: \(line)") }
    print("again: .build/release/simulate --first \(seed) --seeds 1 --steps \(options.steps) --talk 1")
    exit(1)
  }
  world.dismiss()
  total.add(world.tally)
}
show(total, isRaw: options.isRaw)
