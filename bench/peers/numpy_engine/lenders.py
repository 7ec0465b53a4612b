"""Steps 4, 9 and 10 for outside lenders: what is asked back, what is paid, its interest."""

import numpy as np

from backstop.outcomes import FundTally
from backstop.terms import SMALLEST_RECALL, Floats, LeverageTerms
from bench.peers.numpy_engine.funds import own_free_cash
from bench.peers.numpy_engine.state import Funds, Lenders, Prices


def recall_debt(terms: LeverageTerms, prices: Prices, funds: Funds, lenders: Lenders, owed: Floats) -> None:
    """Step 4: what leverage rules and margin calls ask for today, and so what is owed, beside `owed` to others."""
    funds.owed = owed.copy()
    if not terms.debt_open.any():
        return
    value, cap, target = np.maximum(funds.nav, 0.0), terms.cap[:, None], terms.target[:, None]
    is_over = (cap > 0.0) & (lenders.debt > (cap - 1.0) * value)
    wanted = np.where(is_over, lenders.debt - (target - 1.0) * value, 0.0)
    if terms.has_margin.any():
        margin = _margin(terms, prices, funds, lenders)
        wanted = np.maximum(wanted, np.where(terms.has_margin[:, None] > 0, margin, 0.0))
    asked = np.minimum(lenders.debt, wanted)
    lenders.recalled = np.where(asked > SMALLEST_RECALL * terms.debt_open[:, None], np.floor(asked), 0.0)
    funds.owed += lenders.recalled


def _margin(terms: LeverageTerms, prices: Prices, funds: Funds, lenders: Lenders) -> Floats:
    """What a margin call takes: cash first, then sales, which lower the collateral too."""
    fall = 1.0 - prices.price / prices.high
    share = 1.0 - np.minimum(1.0, terms.haircut[:, :, None] + terms.haircut_rise[:, None, None] * fall)
    lendable = (share * funds.value).sum(axis=1)
    lack = np.maximum(0.0, lenders.debt - lendable)
    fast = np.minimum(lack, own_free_cash(funds))
    return np.asarray(fast + (lack - fast) * np.floor(funds.holdings) / np.maximum(funds.holdings - lendable, 1.0))


def pay_lenders(funds: Funds, lenders: Lenders, tally: FundTally) -> None:
    """Step 9: lenders are paid before investors."""
    back = np.minimum(lenders.recalled, funds.cash)
    lenders.is_recalled[lenders.recalled > 0.0] = 1.0
    funds.cash -= back
    funds.debt -= back
    lenders.debt -= back
    tally.deleveraged[:] += back


def accrue_to_lenders(terms: LeverageTerms, funds: Funds, lenders: Lenders, tally: FundTally) -> None:
    """Step 10: interest is added to what is owed, and the day counts if something was asked for."""
    tally.days_recalled[:] += lenders.is_recalled
    lenders.is_recalled[:] = 0.0
    interest = np.floor(lenders.debt * terms.rate_per_day[:, None])
    lenders.debt += interest
    lenders.interest += interest
    funds.debt += interest
