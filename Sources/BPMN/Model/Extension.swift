/// An element of a vendor's namespace, as a tree of keys and values: nothing in it is interpreted.
package struct ExtensionElement: Sendable, Equatable {
  /// The prefix as written in the file; empty for a default namespace.
  package internal(set) var prefix: String
  /// The namespace; empty when the prefix is declared nowhere.
  package internal(set) var namespace: String
  /// The name without prefix.
  package internal(set) var name: String
  package internal(set) var attributes: [ExtensionAttribute]
  /// The text directly inside, trimmed.
  package internal(set) var text: String
  package internal(set) var children: [ExtensionElement]
  package internal(set) var line: Int

  /// The well-known short name of the namespace (`zeebe`, `camunda`, `flowable` …), else the prefix.
  package var vendor: String { vendorName(namespace: namespace, prefix: prefix) }

  /// The value of the attribute of that name, whatever its prefix.
  package func attribute(_ name: String) -> String? {
    attributes.first { $0.name == name }?.value
  }
}

/// An attribute of a vendor's element, or a vendor's attribute of a BPMN element.
package struct ExtensionAttribute: Sendable, Equatable {
  package internal(set) var prefix: String
  package internal(set) var namespace: String
  package internal(set) var name: String
  package internal(set) var value: String

  /// The well-known short name of the namespace, else the prefix; empty for an attribute without one.
  package var vendor: String { vendorName(namespace: namespace, prefix: prefix) }
}

extension ModelElement {
  /// The value of a vendor's attribute on this element: `vendorAttribute("camunda", "assignee")`.
  package func vendorAttribute(_ vendor: String, _ name: String) -> String? {
    vendorAttributes.first { $0.name == name && $0.vendor == vendor }?.value
  }

  /// All elements of that name at any depth of the extensions, in document order, whoever's namespace they have.
  package func extensionElements(named name: String) -> [ExtensionElement] {
    var found: [ExtensionElement] = []
    var pending = Array(extensions.reversed())
    while let element = pending.popLast() {
      if element.name == name { found.append(element) }
      pending.append(contentsOf: element.children.reversed())
    }
    return found
  }
}

/// The vendors' namespaces that occur in public files, by their usual short names.
private let vendorNames: [String: String] = [
  "http://activiti.org/bpmn": "activiti",
  "http://camunda.org/schema/1.0/bpmn": "camunda",
  "http://camunda.org/schema/modeler/1.0": "modeler",
  "http://camunda.org/schema/zeebe/1.0": "zeebe",
  "http://flowable.org/bpmn": "flowable",
  "http://www.apex.mt.ag/schema": "apex",
  "https://flowsforapex.org": "apex",
  "http://www.jboss.org/drools": "drools",
  "http://www.omg.org/spec/BPMN/non-normative/color/1.0": "color",
  "http://bpmn.io/schema/bpmn/biocolor/1.0": "bioc",
  "http://www.signavio.com": "signavio",
]

private func vendorName(namespace: String, prefix: String) -> String {
  vendorNames[namespace] ?? prefix
}
