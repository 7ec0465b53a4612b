"""Stress tests of the workload funds, made as users make them: a config, resolved. All numbers are ours [ours].

The base is shaped like a fund stress test of the literature: correlated GJR-t assets, funds of one class of investors
that sell pro rata, evaluation by one trailing year, linear impact, one facility.
"""

from typing import Any, Final, NamedTuple

from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.terms import RunTerms

NAV: Final = 1e10
FUND_KEYS: Final = ("evaluation", "investors", "liquidation", "leverage", "gate_per_day_frac", "swing")
TRADING_KEYS: Final = ("impact", "price_limit_frac", "settlement_days")
MARKET_KEYS: Final = ("rounds",)
INVESTORS: Final[dict[str, Any]] = {
    "name": "all", "share_frac": 1.0, "notice_days": 1, "base_per_day_frac": 0.001, "horizon_days": 20,
    "tolerance_frac": 0.01, "bear_slope_per_day": 0.1, "daily_cap_frac": 0.15,
}
"""The one class of investors of every fund."""


class Size(NamedTuple):
    """Lengths of the axes."""

    assets: int = 10
    funds: int = 20
    arms: int = 1
    """Beside ``none``; all with the same facility, on pools of different sizes."""
    days: int = 252


def study_terms(size: Size, changes: dict[str, Any] | None = None) -> RunTerms:
    """What kernels read; arm 0 is without a facility, arms 1 and on have it.

    `changes` replaces keys of every fund (`FUND_KEYS`), of every asset's trading (`TRADING_KEYS`) or of the market
    (`MARKET_KEYS`).
    """
    return resolve(Config.model_validate(study_config(size, changes or {})), MarketInputs())


def study_config(size: Size, changes: dict[str, Any]) -> dict[str, Any]:
    """The config as a user would write it."""
    names = [f"asset{j}" for j in range(size.assets)]
    trading, fund, market = ({key: changes[key] for key in changes if key in keys}
                             for keys in (TRADING_KEYS, FUND_KEYS, MARKET_KEYS))
    assets = [_asset(name, _trading() | trading) for name in names]
    return {
        "run": {"name": "bench", "paths": 1, "days": size.days, "seed": 1},
        "money": {"currency": "CNY", "quantum": 1.0},
        "market": {"index": names[0], "assets": assets, **_dependence(names), **market},
        "scenario": {"preset": "none"},
        "funds": [_fund(f, names) | fund for f in range(size.funds)],
        "facilities": [_facility([f"fund{f}" for f in range(size.funds)], names)],
        "pool": {"layers": [{"name": "first", "size": 1e9}, {"name": "second", "size": 9e9}]},
        "arms": [{"name": f"pool{a}", "facilities": ["advance"], "overrides": {"pool.layers.first.size": 1e9 * (a + 1)}}
                 for a in range(size.arms)],
    }


def _dependence(names: list[str]) -> dict[str, Any]:
    joint = {"assets": names, "copula": "student-t", "nu": 6.0, "correlation": 0.4}
    return {"dependence": joint} if len(names) > 1 else {}


def _asset(name: str, trading: dict[str, Any]) -> dict[str, Any]:
    volatility = {"model": "gjr", "long_run_volatility_ann_frac": 0.25, "alpha": [0.03], "gamma": [0.08],
                  "beta": [0.90], "start": 2.0}
    innovation = {"distribution": "student-t", "nu": 6.0}
    return {"name": name, "volatility": volatility, "innovation": innovation, "trading": trading}


def _trading() -> dict[str, Any]:
    impact = {"law": "linear", "kappa": 1.0, "half_life_days": 5.0, "permanent_frac": 0.0}
    return {"adv": 2e10, "stress_adv_frac": 0.5, "calm_volatility_ann_frac": 0.4, "impact": impact}


def _fund(f: int, names: list[str]) -> dict[str, Any]:
    weights = [1.0 + (7 * f + 3 * j) % 10 for j in range(len(names))]
    holdings = {name: round(0.97 * weight / sum(weights), 6) for name, weight in zip(names, weights, strict=True)}
    return {
        "name": f"fund{f}", "count": 1 + f % 5, "nav": NAV, "holdings": holdings, "cash_buffer_frac": 0.01,
        "liquidation": {"rule": "pro-rata", "participation_frac": 0.2},
        "investors": [INVESTORS],
        "evaluation": {"ladder": [{"years": 1.0, "weight": 1.0}], "threshold_ann_frac": 0.0, "floor_ann_frac": -0.3,
                       "risk_cut_frac": 0.2, "risk_speed_per_day_frac": 0.05, "rebuys": False},
        "failure": {"nav_floor_frac": 0.3, "unpaid_days": 20},
    }


def _facility(funds: list[str], names: list[str]) -> dict[str, Any]:
    system = {"signal": "market_drawdown", "window_days": 250}
    fund = {"signal": "fund_drawdown"}
    key = {"decision_lag_days": 0, "cooldown_days": 0}
    advance = {"coverage_frac": 0.6, "deductible_frac": 0.05, "fund_cap_frac": 0.25, "rate_ann_frac": 0.06,
               "haircut_frac": dict.fromkeys(names, 0.3), "inventory_participation_frac": 0.05, "tenor_days": 250,
               "n_rollovers": 1, "cash_lag_days": 0, "sweep_frac": 0.05, "at_horizon": "mark"}
    return {
        "name": "advance", "instrument": "advance", "eligible": funds, "advance": advance,
        "system_key": key | {"entry": system | {"at_least": 0.2}, "persistence_days": 3,
                             "exit": system | {"at_most": 0.15}, "exit_persistence_days": 10},
        "fund_key": key | {"entry": fund | {"at_least": 0.10}, "persistence_days": 3,
                           "exit": fund | {"at_most": 0.05}, "exit_persistence_days": 10},
    }
