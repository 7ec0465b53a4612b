"""Known answers, run through the engine: published vectors, closed forms, hand calculations, identities."""
