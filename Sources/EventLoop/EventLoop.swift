// EventLoop: see Sources/README.md.
