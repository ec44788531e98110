// PluginKit: see Sources/README.md.
