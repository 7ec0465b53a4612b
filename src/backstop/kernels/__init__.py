"""Everything numba compiles. Imports nothing but numpy, math, terms, outcomes and itself."""

from backstop.kernels import compiler as compiler  # before anything imports numba
