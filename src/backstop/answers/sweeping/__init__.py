"""Designs over keys of the config on common shocks: frontier with probabilities, halving, indices."""
