"""What bound claims: need, and by how much each rule cut what was left of it (docs/model.md, 7)."""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, jit


@jit
def add_claim(loans, row, times, cut, lanes):
    """``cut += times * claim``: with `count` before a rule and ``-count`` after it, what the rule cuts."""
    for i in range(FIRST, lanes):
        cut[FIRST, i] += times * loans.claim[row, i]


@jit
def add_claims(counts, loans, k, sign, cut, lanes):
    """So for all funds of facility k."""
    n_funds = count_rows(counts)
    for f in range(n_funds):
        add_claim(loans, k * n_funds + f, sign * counts[f], cut, lanes)


@jit
def _less_approved(loans, row, count, cut, lanes):
    for i in range(FIRST, lanes):
        cut[FIRST, i] -= count * loans.approved[row, i]


@jit
def count_cut_by_pool(counts, loans, k, cut, lanes):
    """What is not approved of the claims that are left."""
    n_funds = count_rows(counts)
    add_claims(counts, loans, k, 1.0, cut, lanes)
    for f in range(n_funds):
        _less_approved(loans, k * n_funds + f, counts[f], cut, lanes)
