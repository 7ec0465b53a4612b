"""From files to a checked config: includes, presets, overrides, sweeps, and messages with file and line."""
