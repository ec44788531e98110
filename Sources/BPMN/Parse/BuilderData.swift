/// Data, artifacts.
extension DocumentBuilder {
  mutating func addData(_ kind: DataItem.Kind, _ element: Int, _ context: Context) -> Context? {
    let handle = Handle<DataItem>(document.data.count)
    let common = common(of: element)
    document.data.append(
      DataItem(
        common: common, handle: handle, kind: kind, scope: context.scope, owner: owner(of: kind, context),
        isCollection: tree.flag("isCollection", of: element) ?? false,
        state: tree.child("dataState", of: element).flatMap { tree.attribute("name", of: $0) },
        itemDefinitionID: tree.attribute("itemSubjectRef", of: element)))
    written.dataReferents[handle.index] =
      tree.attribute("dataObjectRef", of: element) ?? tree.attribute("dataStoreRef", of: element)
    register(.data(handle), common)
    if let owner = document.data[handle.index].owner {
      document.nodes[owner.index].inputsAndOutputs.append(handle)
    } else if let scope = context.scope {
      changeContents(of: scope) { $0.data.append(handle) }
    }
    return nil
  }

  /// Objects and stores inside of a sub-process belong to it as a scope, not as its input or output.
  private func owner(of kind: DataItem.Kind, _ context: Context) -> Handle<FlowNode>? {
    switch kind {
    case .dataInput, .dataOutput, .property: context.owner
    case .dataObject, .dataObjectReference, .dataStore, .dataStoreReference: nil
    }
  }

  mutating func addDataAssociation(
    _ direction: DataAssociation.Direction, _ element: Int, _ context: Context
  ) -> Context? {
    guard let owner = context.owner else {
      return addUnknown(element, .misplacedElement, "stands outside of an activity or event")
    }
    let handle = Handle<DataAssociation>(document.dataAssociations.count)
    let common = common(of: element)
    document.dataAssociations.append(
      DataAssociation(
        common: common, handle: handle, owner: owner, direction: direction,
        sourceIDs: tree.children("sourceRef", of: element).map { tree.text(of: $0) }.filter { !$0.isEmpty },
        targetID: tree.text(ofChild: "targetRef", of: element),
        transformation: expression(ofChild: "transformation", of: element),
        assignments: tree.children("assignment", of: element).map { assignment in
          DataAssociation.Assignment(
            from: tree.text(ofChild: "from", of: assignment) ?? "", to: tree.text(ofChild: "to", of: assignment) ?? "")
        }))
    document.nodes[owner.index].dataAssociations.append(handle)
    register(.dataAssociation(handle), common)
    return nil
  }

  mutating func addAnnotation(_ element: Int, _ context: Context) -> Context? {
    let handle = Handle<TextAnnotation>(document.annotations.count)
    let common = common(of: element)
    let text = tree.child("text", of: element).map(markupText(of:)) ?? tree.attribute("text", of: element) ?? ""
    document.annotations.append(
      TextAnnotation(
        common: common, handle: handle, text: text,
        textFormat: tree.attribute("textFormat", of: element) ?? "text/plain"))
    register(.annotation(handle), common)
    changeArtifacts(context, scope: { $0.annotations.append(handle) }, collaboration: { $0.annotations.append(handle) })
    return nil
  }

  mutating func addGroup(_ element: Int, _ context: Context) -> Context? {
    let handle = Handle<ArtifactGroup>(document.groups.count)
    let common = common(of: element)
    document.groups.append(ArtifactGroup(common: common, handle: handle, label: common.name.map(collapsingWhitespace)))
    written.groupCategories[handle.index] = tree.attribute("categoryValueRef", of: element)
    register(.group(handle), common)
    changeArtifacts(context, scope: { $0.groups.append(handle) }, collaboration: { $0.groups.append(handle) })
    return nil
  }

  mutating func addAssociation(_ element: Int, _ context: Context) -> Context? {
    let handle = Handle<Association>(document.associations.count)
    let common = common(of: element)
    document.associations.append(
      Association(
        common: common, handle: handle, sourceID: tree.attribute("sourceRef", of: element) ?? "",
        targetID: tree.attribute("targetRef", of: element) ?? "",
        direction: tree.attribute("associationDirection", of: element).flatMap(Association.Direction.init) ?? .none))
    register(.association(handle), common)
    changeArtifacts(
      context, scope: { $0.associations.append(handle) }, collaboration: { $0.associations.append(handle) })
    return nil
  }

  private mutating func changeArtifacts(
    _ context: Context, scope change: (inout ScopeContents) -> Void,
    collaboration changeCollaboration: (inout Collaboration) -> Void
  ) {
    if let scope = context.scope {
      changeContents(of: scope, change)
    } else if let collaboration = context.collaboration {
      changeCollaboration(&document.collaborations[collaboration.index])
    }
  }
}

/// What is declared for the whole file.
extension DocumentBuilder {
  mutating func addCatalogueEntry(
    _ kind: CatalogueEntry.Kind, _ element: Int, _ context: Context
  ) -> Context? {
    let handle = Handle<CatalogueEntry>(document.catalogue.count)
    let common = common(of: element)
    document.catalogue.append(
      CatalogueEntry(
        common: common, handle: handle, kind: kind,
        code: tree.attribute("errorCode", of: element) ?? tree.attribute("escalationCode", of: element),
        structure: tree.attribute("itemRef", of: element) ?? tree.attribute("structureRef", of: element)))
    register(.catalogue(handle), common)
    return kind == .interface ? Context() : nil
  }

  mutating func addGlobalTask(_ kind: GlobalTask.Kind, _ element: Int) -> Context? {
    let handle = Handle<GlobalTask>(document.globalTasks.count)
    let common = common(of: element)
    document.globalTasks.append(
      GlobalTask(
        common: common, handle: handle, kind: kind, performers: performers(of: element, common),
        scriptFormat: tree.attribute("scriptLanguage", of: element) ?? tree.attribute("scriptFormat", of: element),
        script: tree.text(ofChild: "script", of: element)))
    register(.globalTask(handle), common)
    return nil
  }

  mutating func readCategory(_ element: Int) -> Context? {
    for value in tree.children("categoryValue", of: element) {
      guard let id = tree.attribute("id", of: value) else { continue }
      categoryValues[id] = tree.rawAttribute("value", of: value).map(collapsingWhitespace)
    }
    return Context()
  }
}
