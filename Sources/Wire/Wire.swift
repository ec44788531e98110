// Wire: see Sources/README.md.
