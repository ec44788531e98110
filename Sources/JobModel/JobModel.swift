// JobModel: see Sources/README.md.
