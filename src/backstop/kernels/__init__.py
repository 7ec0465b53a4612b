"""Everything numba compiles. Imports nothing but numpy, math, terms, outcomes and itself."""
