"""Random valid designs and markets, violent enough that every rule of the model takes effect.

Everything is a function of one seed. Amounts are large (10^10.5 quanta a fund or more), so that a quantum is below the
tolerance of the comparison.
"""

from typing import NamedTuple

import numpy as np

from backstop.terms import ArmTerms, Floats, FundTerms, JudgingTerms, PriceTerms
from oracle.arms import plain_loans
from oracle.design_sizes import Sizes, random_sizes
from oracle.facility_designs import (
    announced,
    random_admission,
    random_advances,
    random_covenants,
    random_facilities,
    random_pool,
)
from oracle.fund_designs import (
    judged_otherwise,
    random_evaluation,
    random_funds,
    random_investors,
    random_leverage,
    random_solvency,
    with_debt,
    with_flows,
    with_mixed_sales,
    with_purchases,
    without_floods,
)
from oracle.instruments import no_compensation, no_guarantees, no_purchases, with_instruments
from oracle.market_designs import (
    add_price_rules,
    both_ways,
    random_feedback,
    random_market,
    random_prices,
    with_buyers,
    with_replays,
    with_suspensions,
)
from oracle.pool_designs import with_pool_rules
from oracle.trees import random_triggers
from plain_pool import member_terms, rationing_terms

NOT_LOOKED_AT = 0.1
"""Share of the designs without arms to compare."""


class Design(NamedTuple):
    """One arm and the market it meets."""

    arm: ArmTerms
    log_return: Floats
    """(T, J, L)."""
    volatility: Floats
    ahead: Floats
    """(T, L) days of episodes, as arm none might have had them."""
    ages: Floats
    """(T, L) days since the last breach of stress in arm none; or no rows, where the arm finds them itself."""
    contained: tuple[Floats, Floats] | None = None
    """(T*J, L) what real closes contain of arm none's sales, before trade and at the close; or the arm's own."""

    @property
    def take_up(self) -> Floats:
        """(F, L) u of each fund and path: the rows for one fund, shifted by a path for the next."""
        grid = np.add.outer(np.arange(len(self.arm.funds.count)), np.arange(self.log_return.shape[2]))
        return 0.25 + 0.5 * (grid % 2)


def random_design(seed: int, lanes: int, kind: str = "advances") -> Design:
    """Design number `seed`, with a market of `lanes` paths; `kind` as in `with_instruments`."""
    # rules that came later draw from a stream of their own, so that the rest of a design stays what it is
    rng, rules = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    sizes = random_sizes(rng)
    funds = random_funds(rng, sizes)
    more, latest = np.random.default_rng([seed, 2]), np.random.default_rng([seed, 41])
    contract = np.random.default_rng([seed, 55])
    funds = with_mixed_sales(more, funds)
    leverage = random_leverage(rules, funds, sizes.assets)
    funds = with_debt(funds, leverage.debt_open)
    settlement_days = latest.choice([0, 1, 3], sizes.assets) * int(latest.random() < 0.3)
    funds = funds._replace(ahead_days=np.max(settlement_days * (funds.units_open > 0.0), axis=1))
    funds, buy_ratio = with_purchases(np.random.default_rng([seed, 42]), funds, sizes.assets)
    total = funds.count @ funds.nav_open
    arm = ArmTerms(
        prices=with_suspensions(latest, add_price_rules(rules, random_prices(rng, more, sizes, total)), sizes.days)
        ._replace(settlement_days=settlement_days),
        funds=funds, leverage=leverage,
        investors=with_flows(np.random.default_rng([seed, 70]), np.random.default_rng([seed, 104]),
                             without_floods(random_investors(rng, more, sizes), leverage)),
        evaluation=judged_otherwise(seed, random_evaluation(rng, more, sizes)),
        solvency=random_solvency(np.random.default_rng([seed, 520]), sizes),
        triggers=random_triggers(seed, rng, contract, sizes.facilities, sizes.history),
        facilities=announced(latest, random_facilities(rng, more, sizes)),
        advances=random_advances(contract, np.random.default_rng([seed, 103]), sizes, total),
        admission=random_admission(contract, sizes.facilities), covenants=random_covenants(contract, sizes.facilities),
        rationing=rationing_terms(sizes.facilities), members=member_terms(sizes.funds),
        purchase=no_purchases(sizes.facilities, sizes.assets),
        compensation=no_compensation(sizes.facilities, sizes.funds), guarantee=no_guarantees(sizes.facilities),
        pool=random_pool(rng, total),
        judging=_judging(np.random.default_rng([seed, 5]), np.random.default_rng([seed, 8]),
                         np.random.default_rng([seed, 9]), funds))
    if np.random.default_rng([seed, 107]).random() < NOT_LOOKED_AT:
        arm = arm._replace(judging=arm.judging._replace(bottom_days=0.0))
    arm = with_pool_rules(np.random.default_rng([seed, 3]), arm, total)
    feedback = random_feedback(np.random.default_rng([seed, 43]), sizes)
    prices = with_buyers(np.random.default_rng([seed, 105]), arm.prices, buy_ratio)
    seeks = int(np.random.default_rng([seed, 44]).random() < 0.4)
    prices = both_ways(prices, buy_ratio)._replace(feedback=feedback, seeks_both_ends=seeks)
    arm = arm._replace(prices=prices)
    # losses beyond collateral are rare where covenants bind: a third of the designs do without
    arm = plain_loans(arm) if seed % 3 == 2 else arm
    arm = with_instruments(seed, arm, sizes.days, kind)
    market = random_market(rng, sizes.days, sizes.assets, lanes)
    ages = _ages(np.random.default_rng([seed, 7]), sizes.days, lanes) if seed % 2 else np.empty((0, lanes))
    arm = arm._replace(prices=with_replays(np.random.default_rng([seed, 45]), arm.prices, market[0]))
    contained = _contained(np.random.default_rng([seed, 46]), arm.prices, lanes) if seed % 4 < 2 else None
    return Design(arm, *market, _foresight(np.random.default_rng([seed, 6]), sizes.days, lanes), ages, contained)


def _judging(rng: np.random.Generator, windows: np.random.Generator, bottoms: np.random.Generator, funds: FundTerms
             ) -> JudgingTerms:
    """Some designs call little distress, or stress, others much."""
    assets = funds.count * funds.nav_open
    return JudgingTerms(
        horizon_days=float(rng.choice([1.0, 5.0, 40.0])),
        material_sale=np.ceil(funds.nav_open * rng.choice([0.001, 0.01, 0.05])), assets=assets,
        material_assets=float(np.ceil(assets.sum() * rng.choice([0.05, 0.5, 1.0]))),
        window_drawdown=float(windows.choice([0.05, 0.2])), window_days=float(windows.choice([3, 20, 60])),
        after_window_days=float(windows.choice([2, 15, 60])),
        bottom_days=float(bottoms.choice([1, 10, 60])), bottom_frac=float(bottoms.choice([0.8, 1.0])),
        index_history=np.append(windows.uniform(0.8, 1.3, windows.choice([1, 30, 100])), 1.0),
        breach_age_open=float(windows.choice([0.0, 10.0, 1e300])),
        is_admissible=(windows.random(len(assets)) < 0.5).astype(np.float64))


def _foresight(rng: np.random.Generator, days: int, lanes: int) -> Floats:
    """Runs of days, some long."""
    turns = rng.random((days, lanes)) < 0.05
    return np.ascontiguousarray((np.cumsum(turns, axis=0) % 2).astype(np.float64))


def _ages(rng: np.random.Generator, days: int, lanes: int) -> Floats:
    """Breaches in runs, some of them soon one after another."""
    is_breach = (np.cumsum(rng.random((days, lanes)) < 0.03, axis=0) % 2 > 0) & (rng.random((days, lanes)) < 0.3)
    positions = np.arange(days)[:, None]
    last = np.maximum.accumulate(np.where(is_breach, positions, -1000), axis=0)
    return np.ascontiguousarray((positions - last).astype(np.float64))


def _contained(rng: np.random.Generator, prices: PriceTerms, lanes: int) -> tuple[Floats, Floats]:
    """Dislocations that another arm might have had."""
    before = 0.02 * rng.random((prices.replay.log_close.size, lanes))
    return before, before + 0.01 * rng.random(before.shape)


def with_another_contract(design: Design, rng: np.random.Generator) -> Design:
    """The same funds and market under other facilities, and a pool and rules of their own."""
    arm, total = design.arm, design.arm.funds.count @ design.arm.funds.nav_open
    (n_facilities, n_funds), n_assets = arm.facilities.is_eligible.shape, len(arm.prices.adv)
    sizes = Sizes(len(design.log_return), n_funds, n_assets, classes=0, facilities=n_facilities, history=0)
    arm = arm._replace(
        facilities=announced(rng, random_facilities(rng, rng, sizes)), rationing=rationing_terms(n_facilities),
        members=member_terms(n_funds), pool=random_pool(rng, total))
    return design._replace(arm=with_pool_rules(rng, arm, total))
