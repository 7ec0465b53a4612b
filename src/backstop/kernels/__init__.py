"""Everything numba compiles. Imports nothing but numpy, math, terms, outcomes and itself."""

from backstop.kernels.machine import compiler as compiler  # before anything imports numba
