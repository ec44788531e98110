// Broker: see Sources/README.md.
