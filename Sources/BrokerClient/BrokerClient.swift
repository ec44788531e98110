// BrokerClient: see Sources/README.md.
