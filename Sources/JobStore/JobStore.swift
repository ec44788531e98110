// JobStore: see Sources/README.md.
