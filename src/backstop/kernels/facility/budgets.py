"""Claims cut to what a contract allows, before the pool rations them (docs/model.md, 7 and 11)."""

from backstop.kernels.facility.rationing import ALL, share_pro_rata
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, jit
from backstop.kernels.machine.lanes import clear, copy


@jit
def open_budget(pool, most, lanes):
    """``available = most``."""
    for i in range(FIRST, lanes):
        pool.available[FIRST, i] = most


@jit
def cut_to_budget(members, counts, pool, loans, k, sponsor, lanes):
    """Claims of a sponsor's funds, or of `ALL`, on facility k cut to `available`, pro rata."""
    n_funds = count_rows(counts)
    for f in range(n_funds):
        if sponsor == ALL or members.sponsor[f] == sponsor:
            clear(loans.approved, k * n_funds + f, lanes)
    share_pro_rata(members, counts, pool, loans, k, sponsor, lanes)
    for f in range(n_funds):
        if sponsor == ALL or members.sponsor[f] == sponsor:
            copy(loans.approved, loans.claim, k * n_funds + f, lanes)
