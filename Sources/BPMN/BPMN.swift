// BPMN: see Sources/README.md.
