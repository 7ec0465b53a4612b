"""Claims cut to what a contract allows, before the pool rations them (docs/model.md, 7 and 11)."""

from backstop.kernels.frames import count_rows
from backstop.kernels.jit import jit
from backstop.kernels.lanes import copy
from backstop.kernels.pool import add_claim, approve_claim, find_ratio

ALL = -1
"""In place of a sponsor: the funds of all."""


@jit
def cut_claims(counts, pool, loans, k, sponsors, sponsor, lanes):
    """Claims of a sponsor's funds on facility k cut to `available`, as `ration_claims` cuts to what the pool has."""
    n_funds = count_rows(counts)
    for f in range(n_funds):
        if (sponsor == ALL) | (sponsors[f] == sponsor):
            add_claim(pool, loans, k * n_funds + f, counts[f], lanes)
    find_ratio(pool, lanes)
    for f in range(n_funds):
        if (sponsor == ALL) | (sponsors[f] == sponsor):
            approve_claim(pool, loans, k * n_funds + f, counts[f], lanes)
            copy(loans.approved, loans.claim, k * n_funds + f, lanes)
