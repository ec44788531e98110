// Diagram: see Sources/README.md.
