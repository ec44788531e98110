package import Varlink

/// The interfaces of the broker, as they are embedded in the program.
package enum BrokerInterfaces {
  /// All but `org.varlink.service`, parsed.
  ///
  /// - Throws: never for the texts that were built in: the generator has parsed the same files.
  package static func all() throws(InterfaceError) -> [Interface] {
    var interfaces: [Interface] = []
    for text in texts { interfaces.append(try Interface(parsing: String(decoding: text, as: UTF8.self))) }
    return interfaces
  }

  private static let texts = [
    PackageResources.org_genbroker_Admin_varlink,
    PackageResources.org_genbroker_Files_varlink,
    PackageResources.org_genbroker_Jobs_varlink,
    PackageResources.org_genbroker_Worker_varlink,
    PackageResources.org_varlink_certification_varlink,
  ]
}
