"""Insurers who sell to keep their solvency (docs/model.md, 5, 8 and 12). Rows of holdings are ``f*J + j``."""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, floor, fma, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.terms import NO_TARGET, SOLVENCY_REVIEW_DAYS

REVIEW_DAYS = Index(SOLVENCY_REVIEW_DAYS)


@jit
def _add_required(solvency, funds, f, row, prices, j, lanes):
    """``H += factor * units * P``."""
    for i in range(FIRST, lanes):
        value = funds.units[row, i] * prices.price[j, i]
        solvency.required[f, i] = fma(solvency.factor[row, i], value, solvency.required[f, i])


@jit
def _fall_short(terms, f, solvency, funds, lanes):
    """``share = clip(1 - (K / target - M0) / H, 0, 1)`` with ``K = nav - liability * shares``; 0 where H is 0."""
    target, liability, other = terms.target[f], terms.liability[f], terms.other_required[f]
    for i in range(FIRST, lanes):
        shares, required = funds.shares[f, i], solvency.required[f, i]
        room = (funds.nav[f, i] - liability * shares) / target - other * shares
        share = min(max(1.0 - room / required, 0.0), 1.0)
        solvency.share[f, i] = share if required > 0.0 else 0.0


@rule
def find_shortfalls(terms, prices, funds, solvency, lanes):
    """Step 5: the share of risk that an insurer sells today to meet its target."""
    n_assets = count_rows(prices.price)
    for f in range(count_rows(solvency.share)):
        if terms.target[f] != NO_TARGET:
            clear(solvency.required, f, lanes)
            for j in range(n_assets):
                _add_required(solvency, funds, f, f * n_assets + j, prices, j, lanes)
            _fall_short(terms, f, solvency, funds, lanes)


@jit
def sell_for_solvency(funds, f, solvency, lanes):
    """Step 8: what is sold serves pressure and solvency alike, as much as the larger of them asks."""
    for i in range(FIRST, lanes):
        pressed, short = funds.derisk_share[f, i], solvency.share[f, i]
        both = max(pressed, short)
        funds.derisk_share[f, i] = both
        solvency.pressed_part[f, i] = pressed / both if both > 0.0 else 1.0


@jit
def tell_apart(causes, evaluation, f, solvency, tally, lanes):
    """Step 9: ``sales_pressure`` has ``floor(pressed * part)``, solvency the rest; theta moves by the first alone."""
    for i in range(FIRST, lanes):
        both, part = causes.gross[FIRST, i] - causes.to_share[FIRST, i], solvency.pressed_part[f, i]
        rest = both - floor(both * part)
        tally.sales_pressure[f, i] -= rest
        tally.sales_solvency[f, i] += rest
        evaluation.planned[f, i] *= part


@jit
def _grow_older(terms, f, j, row, solvency, funds, lanes):
    """``age = min(most, age * min(units) / max(units) + 1)`` of yesterday's units and today's."""
    most = terms.most_days[f, j]
    for i in range(FIRST, lanes):
        before, now = solvency.units_before[row, i], funds.units[row, i]
        larger = max(before, now)
        kept = min(before, now) / larger if larger > 0.0 else 0.0
        solvency.age[row, i] = min(fma(solvency.age[row, i], kept, 1.0), most)
        solvency.units_before[row, i] = now


@jit
def _review(terms, f, j, row, solvency, lanes):
    """At the end of a quarter: the factor of what has been held long enough."""
    factor, held, days = terms.factor[f, j], terms.held_factor[f, j], terms.held_days[f, j]
    for i in range(FIRST, lanes):
        solvency.factor[row, i] = held if solvency.age[row, i] >= days else factor


@rule
def close_solvency(terms, funds, solvency, day, lanes):
    """Step 12: holdings grow older by a day, and are weighed anew at the end of a quarter."""
    n_funds = count_rows(solvency.share)
    n_assets = count_rows(solvency.age) // n_funds
    for f in range(n_funds):
        if terms.target[f] != NO_TARGET:
            for j in range(n_assets):
                _grow_older(terms, f, j, f * n_assets + j, solvency, funds, lanes)
                if (day + ONE) % REVIEW_DAYS == FIRST:
                    _review(terms, f, j, f * n_assets + j, solvency, lanes)
