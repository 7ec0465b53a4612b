"""What binds a fund while it owes a facility anything (docs/model.md, 3 to 5). Rows of loans are ``k*F + f``.

Covenants are kept, not broken: the fund does not do what they bar. The exposure cap alone can be broken, by prices; it
is a demand (kernels/facility/demands.py).
"""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, inline, jit, rule
from backstop.terms import NO_GATE


@jit
def _ease(evaluation, f, loans, row, bonus_frac, lanes):
    """``least = min(least, 1 - bonus_frac)`` where anything is owed: the least share of pressure that is left."""
    for i in range(FIRST, lanes):
        owed = loans.drawn[row, i] + loans.interest_due[row, i]
        evaluation.unpressed[f, i] = max(evaluation.unpressed[f, i], bonus_frac if owed > 0.0 else 0.0)


@jit
def _press_less(evaluation, f, lanes):
    """``pressure *= 1 - max bonus_frac``; the maximum is cleared for tomorrow."""
    for i in range(FIRST, lanes):
        evaluation.pressure[f, i] *= 1.0 - evaluation.unpressed[f, i]
        evaluation.unpressed[f, i] = 0.0


@rule
def limit_bonuses(terms, loans, evaluation, lanes):
    """Step 3: pay that is suspended presses no more."""
    n_funds = count_rows(evaluation.pressure)
    if count_rows(evaluation.unpressed) == FIRST:
        return
    for f in range(n_funds):
        for k in range(count_rows(terms.bonus_frac)):
            if terms.bonus_frac[k] > 0.0:
                _ease(evaluation, f, loans, k * n_funds + f, terms.bonus_frac[k], lanes)
        _press_less(evaluation, f, lanes)


@inline
def has_payout_limits(terms):
    """Whether some facility limits what its borrowers pay their investors."""
    n = 0
    for k in range(count_rows(terms.payout_frac)):
        n += 1 if terms.payout_frac[k] < NO_GATE else 0
    return n > 0


@jit
def _hold_back(funds, f, loans, row, payout_frac, tally, lanes):
    """``due = min(due, floor(payout_frac * max(nav, 0)))`` where anything is owed; a day is gated once."""
    for i in range(FIRST, lanes):
        owed, before, ripe = loans.drawn[row, i] + loans.interest_due[row, i], funds.due[f, i], funds.ripe[f, i]
        limited = min(before, np.floor(payout_frac * max(funds.nav[f, i], 0.0)))
        due = limited if owed > 0.0 else before
        funds.due[f, i] = due
        tally.days_gated[f, i] += 1.0 if (due < ripe) & (before == ripe) else 0.0


@jit
def limit_payouts(terms, loans, funds, f, n_funds, tally, lanes):
    """Step 4: the payout limits of those fund f owes."""
    for k in range(count_rows(terms.payout_frac)):
        if terms.payout_frac[k] < NO_GATE:
            _hold_back(funds, f, loans, k * n_funds + f, terms.payout_frac[k], tally, lanes)


@jit
def _hold_sight(funds, f, loans, row, most, lanes):
    """``ahead = min(ahead, most * max(nav, 0))`` where anything is owed, `most` the limits of all days to come."""
    for i in range(FIRST, lanes):
        owed, ahead = loans.drawn[row, i] + loans.interest_due[row, i], funds.ahead[f, i]
        limited = min(ahead, most * max(funds.nav[f, i], 0.0))
        funds.ahead[f, i] = limited if owed > 0.0 else ahead


@jit
def limit_sight(terms, loans, funds, f, days, n_funds, lanes):
    """Step 4: nobody sells ahead for payments that a covenant will not let it make."""
    for k in range(count_rows(terms.payout_frac)):
        if terms.payout_frac[k] < NO_GATE:
            _hold_sight(funds, f, loans, k * n_funds + f, days * terms.payout_frac[k], lanes)


@jit
def _bar(evaluation, f, loans, row, lanes):
    for i in range(FIRST, lanes):
        intended, owed = evaluation.intended[f, i], loans.drawn[row, i] + loans.interest_due[row, i]
        evaluation.intended[f, i] = 0.0 if owed > 0.0 else intended


@rule
def bar_derisking(terms, loans, evaluation, lanes):
    """Steps 5 and 7: no forced sales while drawn."""
    n_funds = count_rows(evaluation.intended)
    for k in range(count_rows(terms.bars_derisking)):
        if terms.bars_derisking[k] > 0.0:
            for f in range(n_funds):
                _bar(evaluation, f, loans, k * n_funds + f, lanes)
