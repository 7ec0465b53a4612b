"""The sections of a config: the only home of bounds and defaults; each ``resolve*.py`` turns keys into terms."""
