"""Debt of funds to outside lenders, into terms: whole quanta, rates per day."""

from collections.abc import Sequence

import numpy as np

from backstop.config.funds.leverage import Leverage
from backstop.config.funds.section import Fund
from backstop.config.numbers import codes, column, share_of, whole_quanta
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, LeverageTerms

NO_LENDERS = Leverage.model_construct(debt_frac=0.0, rate_ann_frac=0.0, haircut_frac={}, haircut_rise=0.0)


def opening_debt(funds: Sequence[Fund], quantum: float) -> Floats:
    """(F,) what each fund owes to outside lenders, quanta."""
    return column([share_of(_leverage(fund).debt_frac, whole_quanta(fund.nav, quantum)) for fund in funds])


def resolve_leverage(funds: Sequence[Fund], assets: Sequence[str], quantum: float) -> LeverageTerms:
    """Terms of the debt of all funds; `assets` are the names on that axis."""
    debts = [_leverage(fund) for fund in funds]
    haircuts = [[debt.haircut_frac.get(name, 1.0) for name in assets] for debt in debts]
    return LeverageTerms(
        debt_open=opening_debt(funds, quantum),
        rate_per_day=column([debt.rate_ann_frac / TRADING_DAYS_PER_YEAR for debt in debts]),
        cap=column([_cap(debt) for debt in debts]),
        target=column([_target(debt) for debt in debts]),
        has_margin=codes([bool(debt.haircut_frac) for debt in debts]),
        haircut=np.array(haircuts, dtype=np.float64),
        haircut_rise=column([debt.haircut_rise for debt in debts]),
    )


def _leverage(fund: Fund) -> Leverage:
    return fund.leverage or NO_LENDERS


def _cap(debt: Leverage) -> float:
    """The leverage above which a rule sells: under the target rule the target."""
    if debt.rule is None:
        return 0.0
    return _target(debt) if debt.cap is None else debt.cap


def _target(debt: Leverage) -> float:
    if debt.target is not None:
        return debt.target
    return 1.0 + debt.debt_frac if debt.cap is None else debt.cap
