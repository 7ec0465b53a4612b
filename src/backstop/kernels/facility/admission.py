"""Whose claims are heard: stigma, the exposure cap, the solvency test (docs/model.md, 7).

Rows of loans are ``k*F + f``. `loans.take_up` (F or 0 rows) and `loans.refused` have rows only where they are needed.
"""

from typing import Any

from backstop.kernels.facility.cuts import add_claim
from backstop.kernels.funds.settlement import add_receivable
from backstop.kernels.machine.frames import count_rows, frame
from backstop.kernels.machine.jit import FIRST, Index, entry, jit
from backstop.kernels.machine.lanes import clear
from backstop.kernels.market.philox import TAKE_UP, block, uniform
from backstop.terms import NO_GATE


@jit
def _stay_away(loans, row, f, take_up_frac, lanes):
    """No claim unless ``u < take_up_frac``."""
    for i in range(FIRST, lanes):
        claim = loans.claim[row, i]
        loans.claim[row, i] = claim if loans.take_up[f, i] < take_up_frac else 0.0


@jit
def _within_exposure(loans, row, funds, f, cap, lanes):
    """No claim unless ``risky <= cap * max(nav, 0)``."""
    for i in range(FIRST, lanes):
        claim, most = loans.claim[row, i], cap * max(funds.nav[f, i], 0.0)
        loans.claim[row, i] = claim if funds.risky[f, i] <= most else 0.0


@jit
def _assets(loans, funds, f, lanes):
    """``assets = nav + debt``, before what is receivable."""
    for i in range(FIRST, lanes):
        loans.assets[FIRST, i] = funds.nav[f, i] + funds.net_debt[f, i]


@jit
def _test_solvency(terms, state, k, f, row, count, lanes):
    """``refused = claim [nav < least_nav_frac * assets or navps < least_navps]``, counted once while it lasts."""
    loans, funds, tally = state.loans, state.funds, state.path_tally
    least_nav_frac, least_navps = terms.least_nav_frac[k], terms.least_navps[k]
    for i in range(FIRST, lanes):
        claim = loans.claim[row, i]
        is_refused = (funds.nav[f, i] < least_nav_frac * loans.assets[FIRST, i]) | (funds.navps[f, i] < least_navps)
        refused = claim if is_refused else 0.0
        tally.misdirected_claims[FIRST, i] += count * max(0.0, refused - loans.refused[row, i])
        loans.refused[row, i] = refused
        loans.claim[row, i] = claim - refused


@jit
def admit(terms, exposure_cap, count, state, k, f, row, lanes):
    """Step 7: what is left of a fund's claim."""
    loans, tally = state.loans, state.path_tally
    if exposure_cap[k] < NO_GATE:
        add_claim(loans, row, count, tally.cut_covenant, lanes)
        _within_exposure(loans, row, state.funds, f, exposure_cap[k], lanes)
        add_claim(loans, row, -count, tally.cut_covenant, lanes)
    if terms.take_up_frac[k] < 1.0:
        add_claim(loans, row, count, tally.cut_take_up, lanes)
        _stay_away(loans, row, f, terms.take_up_frac[k], lanes)
        add_claim(loans, row, -count, tally.cut_take_up, lanes)
    if terms.has_solvency_test[k] > 0.0:
        add_claim(loans, row, count, tally.cut_solvency, lanes)
        _assets(state.loans, state.funds, f, lanes)
        if count_rows(state.funds.receivable) > FIRST:
            add_receivable(state.funds, f, 1.0, state.loans.assets, lanes)
        _test_solvency(terms, state, k, f, row, count, lanes)
        add_claim(loans, row, -count, tally.cut_solvency, lanes)


@jit
def forget_refusals(terms, loans, k, n_funds, lanes):
    """With the key of facility k off everywhere nothing is refused."""
    if terms.has_solvency_test[k] > 0.0:
        for f in range(n_funds):
            clear(loans.refused, k * n_funds + f, lanes)


@entry
def _draw_take_up(loans, seed, first_path, lanes):
    for f in range(count_rows(loans.take_up)):
        for i in range(FIRST, lanes):
            a, _b, _c, _d = block(seed, first_path + i, FIRST, TAKE_UP + f)
            loans.take_up[f, i] = uniform(a)


def draw_take_up(loans: Any, seed: int, first_path: int, lanes: int) -> None:
    """The number u of each path and fund, where not all of them take a facility up: before day 1, after `reset_arm`."""
    if len(loans.take_up):
        _draw_take_up(frame(loans), Index(seed), Index(first_path), Index(lanes))
