"""How kernels are compiled, kept and called; nothing here knows of the model."""
