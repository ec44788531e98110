// Varlink: see Sources/README.md.
