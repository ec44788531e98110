/// A disk with a new store on it, so that not every simulation has to make one.
package enum Template {
  package static func make() throws -> SimulatedDisk {
    let disk = SimulatedDisk(seed: 0, name: "template")
    let host = BrokerHost(disk: disk, time: SimulatedTime(), seed: 0)
    try host.start()
    // Everything is synced: nothing is lost by the loss of power.
    host.die(power: true)
    return disk
  }
}
