"""What facilities do in a day: signals and keys, claims, each instrument, covenants, debt."""
