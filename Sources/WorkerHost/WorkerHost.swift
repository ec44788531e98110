// WorkerHost: see Sources/README.md.
