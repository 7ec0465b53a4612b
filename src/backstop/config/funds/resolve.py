"""Funds and investors into terms: whole quanta, per day, padded to the widest fund."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from backstop.config.funds.investors import InvestorClass
from backstop.config.funds.resolve_leverage import opening_debt
from backstop.config.funds.section import Fund, Mixed, Ordered
from backstop.config.market.histories import fund_closes, padded
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.section import MarketConfig
from backstop.config.numbers import codes, column, padded_rows, share_of, whole_quanta
from backstop.terms import NO_GATE, TRADING_DAYS_PER_YEAR, Floats, FundTerms, InvestorTerms, LiquidationRule


def _opening_units(fund: Fund, assets: Sequence[str], quantum: float) -> list[float]:
    """Units by asset, each worth one quantum."""
    nav = whole_quanta(fund.nav, quantum)
    return [share_of(fund.holdings.get(name, 0.0), nav) for name in assets]


def resolve_funds(
    funds: Sequence[Fund], market: MarketConfig, inputs: MarketInputs, quantum: float, longest_window: int
) -> FundTerms:
    """Terms of all funds.

    Parameters
    ----------
    longest_window
        Trading days that fund triggers look back on, besides the horizons of investors.
    """
    assets = [asset.name for asset in market.assets]
    nav = column([whole_quanta(fund.nav, quantum) for fund in funds])
    units = np.array([_opening_units(fund, assets, quantum) for fund in funds])
    return FundTerms(
        count=column([fund.count for fund in funds]),
        units_open=units,
        cash_open=nav + opening_debt(funds, quantum) - units.sum(axis=1),
        nav_open=nav,
        cash_rate_per_day=market.cash_rate_ann_frac / TRADING_DAYS_PER_YEAR,
        buffer_frac=column([fund.cash_buffer_frac for fund in funds]),
        participation_frac=column([fund.liquidation.participation_frac for fund in funds]),
        liquidation_rule=codes([LiquidationRule.of(fund.liquidation.rule) for fund in funds]),
        pro_rata_frac=column([f.liquidation.pro_rata_frac if isinstance(f.liquidation, Mixed) else 0.0 for f in funds]),
        liquidation_order=np.array([_selling_order(fund, assets) for fund in funds], dtype=np.int64),
        invest_frac=column([fund.invest_frac for fund in funds]),
        ahead_days=codes([_longest_settlement(row, market) for row in units.tolist()]),
        nav_floor=column([fund.failure.nav_floor_frac for fund in funds]),
        unpaid_days_limit=column([fund.failure.unpaid_days for fund in funds]),
        nav_history=_nav_histories(funds, market, inputs, longest_window),
    )


def _longest_settlement(units: Sequence[float], market: MarketConfig) -> int:
    """Days that the slowest sale of what a fund holds takes to settle."""
    days = [0 if asset.trading is None else asset.trading.settlement_days for asset in market.assets]
    return max([0, *(n for n, held in zip(days, units, strict=True) if held > 0.0)])


def _selling_order(fund: Fund, assets: Sequence[str]) -> list[int]:
    """Asset numbers in the order a waterfall sells them, those that are not held last."""
    order = fund.liquidation.order if isinstance(fund.liquidation, Ordered) else ()
    held = [assets.index(name) for name in order]
    return held + [j for j in range(len(assets)) if j not in held]


def _nav_histories(funds: Sequence[Fund], market: MarketConfig, inputs: MarketInputs, longest_window: int) -> Floats:
    """(F, H) closing NAV per share; H is one more than the longest look back."""
    horizons = [c.horizon_days for fund in funds for c in fund.investors]
    n_days = max([longest_window, *horizons]) + 1
    closes = [fund_closes(fund, market, inputs) for fund in funds]
    return np.array([padded(np.ones(1) if known is None else known, n_days) for known in closes])


def resolve_investors(funds: Sequence[Fund]) -> InvestorTerms:
    """Terms of all investor classes (F, C), C that of the fund with most classes and at least 1."""
    classes = [fund.investors for fund in funds]

    def table(read: Callable[[InvestorClass], float], unused: float = 0.0) -> Floats:
        """(F, C) what `read` says of each class, `unused` where a fund has fewer."""
        return padded_rows([[read(c) for c in row] for row in classes], unused)

    return InvestorTerms(
        n_classes=codes([len(row) for row in classes]),
        is_policyholder=table(lambda c: float(c.surrenders)).astype(np.int64),
        share_frac=_shares(classes),
        horizon_days=table(lambda c: c.horizon_days, unused=1.0).astype(np.int64),
        tolerance=table(lambda c: c.tolerance_frac),
        bear_slope=table(lambda c: c.bear_slope_per_day),
        bear_power=table(lambda c: c.bear_power, unused=1.0),
        illiquidity_slope=table(lambda c: c.illiquidity_slope),
        bull_slope=table(lambda c: c.bull_slope_per_day),
        base_rate=table(lambda c: c.base_per_day_frac),
        inflow_dry=table(lambda c: c.inflow_dry_slope),
        gain_slope=table(lambda c: c.gain_slope_per_day),
        base_inflow=table(lambda c: c.base_inflow),
        queue_open=table(lambda c: c.queue_open),
        daily_cap=table(lambda c: c.daily_cap_frac),
        notice_days=table(lambda c: c.notice_days).astype(np.int64),
        swing_threshold=column([NO_GATE if fund.swing is None else fund.swing.threshold_frac for fund in funds]),
        swing_frac=column([0.0 if fund.swing is None else fund.swing.factor_frac for fund in funds]),
        gate_frac=column([NO_GATE if fund.gate_per_day_frac is None else fund.gate_per_day_frac for fund in funds]),
    )


def _shares(classes: Sequence[Sequence[InvestorClass]]) -> Floats:
    """(F, C) shares of the fund, made to add up to 1 where decimals do so only within rounding."""
    totals = [math.fsum(c.share_frac for c in row) for row in classes]
    return padded_rows([[c.share_frac / total for c in row] for row, total in zip(classes, totals, strict=True)])
