"""Debt to outside lenders: what is asked back, what is paid, its interest (docs/model.md, 4, 9 and 10).

Funds sell back to a target once their leverage exceeds a cap (Cont and Schaanning 2017), or keep the target
(Greenwood, Landier and Thesmar 2015, where the cap is the target); lenders ask for a margin that rises as prices fall.
Rows of units are ``f*J + j``.
"""

import numpy as np

from backstop.kernels.funds.owing import owe, owe_less
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.terms import SMALLEST_RECALL


@jit
def _ask_by_rule(lenders, f, funds, cap, target, lanes):
    """``wanted = lent - (target - 1) max(nav, 0)`` where ``lent > (cap - 1) max(nav, 0)``, else 0."""
    for i in range(FIRST, lanes):
        lent, nav = lenders.debt[f, i], max(funds.nav[f, i], 0.0)
        wanted = lent - (target - 1.0) * nav
        lenders.recalled[f, i] = wanted if lent > (cap - 1.0) * nav else 0.0


@jit
def _lend_against(terms, lenders, f, funds, prices, j, lanes):
    """``lendable += (1 - min(1, haircut + rise * fall)) * units * P``, ``fall = 1 - P / high``."""
    row, haircut, rise = f * count_columns(terms.haircut) + j, terms.haircut[f, j], terms.haircut_rise[f]
    for i in range(FIRST, lanes):
        price = prices.price[j, i]
        fall = 1.0 - price / prices.high[j, i]
        lent_share = 1.0 - min(1.0, fma(rise, fall, haircut))
        lenders.lendable[f, i] = fma(lent_share, funds.units[row, i] * price, lenders.lendable[f, i])


@jit
def _ask_for_margin(lenders, f, funds, lanes):
    """``margin = fast + (lack - fast) * floor(holdings) / (holdings - lendable)``, `fast` what free cash pays."""
    for i in range(FIRST, lanes):
        lendable, holdings = lenders.lendable[f, i], funds.holdings[f, i]
        lack = max(0.0, lenders.debt[f, i] - lendable)
        fast = min(lack, max(funds.cash[f, i] - funds.buffer[f, i], 0.0))
        margin = fast + (lack - fast) * np.floor(holdings) / max(holdings - lendable, 1.0)
        lenders.recalled[f, i] = max(lenders.recalled[f, i], margin)


@jit
def _recall(lenders, f, funds, least, lanes):
    """``asked = min(lent, recalled); recalled = floor(asked) [asked > least]; owed += recalled``."""
    for i in range(FIRST, lanes):
        asked = min(lenders.debt[f, i], lenders.recalled[f, i])
        recalled = np.floor(asked) if asked > least else 0.0
        lenders.recalled[f, i] = recalled
        funds.owed[f, i] += recalled


@rule
def recall_debt(terms, prices, funds, lenders, lanes):
    """Step 4: what leverage rules and margin calls ask for today."""
    n_assets = count_columns(terms.haircut)
    for f in range(count_rows(lenders.debt)):
        if terms.debt_open[f] == 0.0:
            continue
        clear(lenders.recalled, f, lanes)
        if terms.cap[f] > 0.0:
            _ask_by_rule(lenders, f, funds, terms.cap[f], terms.target[f], lanes)
        if terms.has_margin[f]:
            clear(lenders.lendable, f, lanes)
            for j in range(n_assets):
                _lend_against(terms, lenders, f, funds, prices, j, lanes)
            _ask_for_margin(lenders, f, funds, lanes)
        _recall(lenders, f, funds, SMALLEST_RECALL * terms.debt_open[f], lanes)


@jit
def _pay_back(lenders, f, funds, tally, lanes):
    """``back = min(recalled, cash)`` leaves cash and debt."""
    for i in range(FIRST, lanes):
        recalled = lenders.recalled[f, i]
        back = min(recalled, funds.cash[f, i])
        lenders.is_recalled[f, i] = 1.0 if recalled > 0.0 else lenders.is_recalled[f, i]
        funds.cash[f, i] -= back
        owe_less(funds, f, back, i)
        lenders.debt[f, i] -= back
        tally.deleveraged[f, i] += back


@rule
def pay_lenders(funds, lenders, tally, lanes):
    """Step 9: outside lenders are paid before investors."""
    for f in range(count_rows(lenders.debt)):
        _pay_back(lenders, f, funds, tally, lanes)


@jit
def _accrue(lenders, f, funds, rate_per_day, tally, lanes):
    """``lent += floor(lent * lending_rate)``, and the day counts if something was asked for."""
    for i in range(FIRST, lanes):
        tally.days_recalled[f, i] += lenders.is_recalled[f, i]
        lenders.is_recalled[f, i] = 0.0
        interest = np.floor(lenders.debt[f, i] * rate_per_day)
        lenders.debt[f, i] += interest
        lenders.interest[f, i] += interest
        owe(funds, f, interest, i)


@rule
def accrue_to_lenders(terms, funds, lenders, tally, lanes):
    """Step 10: interest is added to what is owed."""
    for f in range(count_rows(lenders.debt)):
        _accrue(lenders, f, funds, terms.rate_per_day[f], tally, lanes)
