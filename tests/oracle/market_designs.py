"""Random markets and rules of prices, some of which most assets do without."""

import numpy as np

from backstop.config.prices.resolve_feedback import NO_FEEDBACK
from backstop.config.prices.resolve_replay import NO_REPLAY
from backstop.terms import NEVER, Execution, FeedbackTerms, Floats, ImpactLaw, PriceTerms, ReplayTerms
from oracle.design_sizes import Sizes


def random_market(rng: np.random.Generator, days: int, assets: int, lanes: int) -> tuple[Floats, Floats]:
    """Log returns and volatilities with one or two crashes a path; some assets do not move at all."""
    calm = rng.choice([0.0, 0.003, 0.01, 0.02], assets, p=[0.1, 0.2, 0.4, 0.3])[:, None]
    stress = np.ones((days, 1, lanes))
    drift = np.zeros((days, 1, lanes))
    for lane in range(lanes):
        for _ in range(rng.integers(1, 3)):
            start, length = rng.integers(0, days), rng.integers(3, 25)
            stress[start : start + 2 * length, 0, lane] = rng.uniform(1.5, 5.0)
            drift[start : start + length, 0, lane] = -rng.uniform(0.2, 1.0)
            drift[start + length : start + 2 * length, 0, lane] = rng.choice([0.0, 0.3, 0.8])
    volatility = calm * stress * np.exp(0.2 * rng.standard_normal((days, assets, lanes)))
    return volatility * (drift + rng.standard_normal((days, assets, lanes))), volatility


def random_prices(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes, total: float) -> PriceTerms:
    law = rng.choice([ImpactLaw.LINEAR, ImpactLaw.SQUARE_ROOT, ImpactLaw.POWER], sizes.assets)
    exponent = np.choose(law, [1.0, 0.5, rng.uniform(0.3, 0.9)])
    limit = rng.choice([0.0, 0.05, 0.1, 0.2], sizes.assets)
    return PriceTerms(
        impact_law=law.astype(np.int64), kappa=rng.uniform(0.1, 1.5, sizes.assets), exponent=exponent,
        impact_volatility=np.zeros(sizes.assets), price_floor=np.zeros(sizes.assets),
        execution=np.full(sizes.assets, Execution.AVERAGE), half_spread=np.zeros(sizes.assets),
        others_drawdown=np.ones(sizes.assets), others_frac=np.zeros(sizes.assets), others_stock=np.zeros(sizes.assets),
        buyers_drawdown=np.ones(sizes.assets), buyers_frac=np.zeros(sizes.assets), buyers_stock=np.zeros(sizes.assets),
        decay=2.0 ** (-1.0 / rng.uniform(1.0, 15.0, sizes.assets)),
        permanent_frac=rng.choice([0.0, 0.2, 0.5], sizes.assets),
        adv=np.floor(total * 10.0 ** rng.uniform(-2.0, 0.5, sizes.assets)),
        calm_volatility=rng.uniform(0.005, 0.03, sizes.assets), stress_adv_frac=rng.uniform(0.2, 1.0, sizes.assets),
        log_limit_down=np.where(limit > 0.0, np.log1p(-limit), -1e3),
        log_limit_up=np.where(limit > 0.0, np.log1p(limit), 1e3),
        buy_ratio=np.zeros(sizes.assets), settlement_days=np.zeros(sizes.assets, dtype=np.int64),
        suspended_first=np.zeros((sizes.assets, 0)), suspended_last=np.zeros((sizes.assets, 0)),
        suspend_limit_downs=np.full(sizes.assets, NEVER), suspend_fall=np.full(sizes.assets, NEVER),
        suspend_days=np.zeros(sizes.assets),
        is_risky=(rng.random(sizes.assets) < 0.8).astype(np.int64),
        is_technology=(more.random(sizes.assets) < 0.4).astype(np.int64), index=int(rng.integers(sizes.assets)),
        rounds=1, seeks_both_ends=0, feedback=NO_FEEDBACK, replay=NO_REPLAY)


def add_price_rules(rng: np.random.Generator, prices: PriceTerms) -> PriceTerms:
    """Rules that most assets do without."""
    n = len(prices.adv)
    has_floor = rng.random(n) < 0.25
    return prices._replace(
        impact_law=np.where(has_floor, ImpactLaw.CONT_SCHAANNING, prices.impact_law),
        exponent=np.where(has_floor, 1.0, prices.exponent),
        price_floor=np.where(has_floor, rng.choice([0.0, 0.5, 0.9], n), 0.0),
        impact_volatility=rng.choice([0.0, 0.015], n, p=[0.7, 0.3]),
        execution=rng.choice([Execution.AVERAGE, Execution.CLOSE], n, p=[0.7, 0.3]),
        half_spread=rng.choice([0.0, 0.001], n, p=[0.7, 0.3]),
        others_drawdown=rng.choice([0.02, 0.1], n), others_frac=rng.choice([0.0, 0.05], n, p=[0.6, 0.4]),
        others_stock=np.floor(prices.adv * rng.choice([0.1, 1.0], n)), rounds=int(rng.choice([1, 2, 8])))


def with_suspensions(latest: np.random.Generator, prices: PriceTerms, days: int) -> PriceTerms:
    """Some assets do not trade on stated days, or for some days after a fall."""
    n = len(prices.adv)
    has_windows, has_rule = latest.random(n) < 0.15, latest.random(n) < 0.2
    first = np.sort(latest.integers(1, days, (n, 2)), axis=1).astype(np.float64)
    last = first + latest.integers(0, 8, (n, 2))
    streak, fall = latest.choice([1.0, 2.0, NEVER], n), latest.choice([0.05, 0.25, NEVER], n)
    n_windows = 2 if has_windows.any() else 0
    return prices._replace(
        suspended_first=np.where(has_windows[:, None], first, 0.0)[:, :n_windows],
        suspended_last=np.where(has_windows[:, None], last, 0.0)[:, :n_windows],
        suspend_limit_downs=np.where(has_rule, streak, NEVER), suspend_fall=np.where(has_rule, fall, NEVER),
        suspend_days=np.where(has_rule, latest.choice([1.0, 4.0, 20.0], n), 0.0))


def random_feedback(latest: np.random.Generator, sizes: Sizes) -> FeedbackTerms:
    """In two designs of ten some assets feed their own variance, and others follow them."""
    n, days = sizes.assets, sizes.days
    if latest.random() > 0.2:
        return NO_FEEDBACK
    factor = np.array([latest.integers(-1, j) if j > 0 else -1 for j in range(n)])
    is_fed = np.where(factor < 0, latest.random(n) < 0.8, False).astype(np.int64)
    return FeedbackTerms(
        is_fed=is_fed, power=latest.choice([1.0, 1.5, 2.0], n), up=latest.choice([0.0, 0.03], n),
        down=latest.choice([0.02, 0.06], n), beta=latest.choice([0.0, 0.8, 0.9], n), factor=factor,
        factor_beta=latest.choice([0.5, 1.0], n), drift=latest.choice([0.0, 1e-3], (days, n)),
        scale=latest.choice([1.0, 1.5], (days, n)), shock=latest.choice([0.0, -0.01], (days, n), p=[0.95, 0.05]))


def with_replays(rng: np.random.Generator, prices: PriceTerms, log_return: Floats) -> PriceTerms:
    """In many designs some assets take a real window: that of the first lane, for some of the days."""
    days, assets, _ = log_return.shape
    law = prices.impact_law == ImpactLaw.CONT_SCHAANNING
    n_days = np.where(law, 0, rng.integers(0, days // 2, assets) * (rng.random(assets) < 0.6)).astype(np.int64)
    if rng.random() > 0.6 or prices.rounds > 1 or len(prices.feedback.is_fed) > 0 or not n_days.any():
        return prices
    closes = np.cumsum(log_return[: n_days.max(), :, 0], axis=0)
    return prices._replace(replay=ReplayTerms(n_days, np.ascontiguousarray(closes)))


def with_buyers(rng: np.random.Generator, prices: PriceTerms, buy_ratio: Floats) -> PriceTerms:
    """Where prices know purchases, buyers outside the funds come to some assets."""
    n, buys = len(prices.adv), float(np.any(buy_ratio))
    return prices._replace(
        buyers_drawdown=rng.choice([0.02, 0.1], n), buyers_frac=buys * rng.choice([0.0, 0.05], n),
        buyers_stock=np.floor(prices.adv * rng.choice([0.1, 1.0], n)))


def both_ways(prices: PriceTerms, buy_ratio: Floats) -> PriceTerms:
    """Prices with purchases, but for the law that knows none."""
    return prices._replace(buy_ratio=np.where(prices.impact_law == ImpactLaw.CONT_SCHAANNING, 0.0, buy_ratio))
