"""The only two writers of `net_debt`: what a fund owes in all, less what is on its way to it (docs/model.md, 11).

Books compare it every day with the debts that it sums up (`backstop.kernels.pool.books`).
"""

from backstop.kernels.machine.jit import inline


@inline
def owe(funds, f, amount, i):
    """``net_debt += amount``: lent, accrued, or no longer receivable."""
    funds.net_debt[f, i] += amount


@inline
def owe_less(funds, f, amount, i):
    """``net_debt -= amount``: paid back, written off, or receivable from now on."""
    funds.net_debt[f, i] -= amount
