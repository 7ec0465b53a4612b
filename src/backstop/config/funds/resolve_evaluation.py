"""Evaluation into terms: ladders, calendar years, peers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.config.funds.evaluation import Evaluation, Rung
from backstop.config.funds.section import Fund
from backstop.config.market.histories import benchmark_samples, benchmark_year_end, score_samples, year_end
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.section import MarketConfig
from backstop.config.numbers import codes, column, padded_rows
from backstop.terms import NEVER_REPLACED, TRADING_DAYS_PER_YEAR, EvaluationTerms, Floats

NOT_JUDGED = Evaluation(
    is_on=False,
    ladder=(Rung(years=1.0, weight=1.0),),
    threshold_ann_frac=0.0,
    floor_ann_frac=-1.0,
    risk_cut_frac=0.0,
    risk_speed_per_day_frac=1.0,
)


class Past(NamedTuple):
    """What is known of a fund, or of the index as it sees it, before day 1."""

    n_samples: int
    samples: Floats
    year_end: float | None
    """At the last close before the calendar year of day 1."""


def resolve_evaluation(
    funds: Sequence[Fund], market: MarketConfig, inputs: MarketInputs, n_days: int
) -> EvaluationTerms:
    """Terms of evaluation; a fund without it has a ladder of no rungs."""
    judged = [fund.evaluation or NOT_JUDGED for fund in funds]
    samples = padded_rows([[rung.samples for rung in e.ladder] for e in judged]).astype(np.int64)
    n_samples = int(samples.max()) + 1
    own = [Past(*score_samples(fund, market, inputs, n_samples), year_end(fund, market, inputs)) for fund in funds]
    of_index = [Past(*benchmark_samples(fund, market, inputs, n_samples), benchmark_year_end(fund, market, inputs))
                for fund in funds]
    pasts = [[own[f], *_benchmarks(funds, f, own, of_index[f])] for f in range(len(funds))]
    comparisons = _comparisons(funds, judged)
    return EvaluationTerms(
        is_on=codes([fund.evaluation is not None and fund.evaluation.is_on for fund in funds]),
        rung_weight=padded_rows([[rung.weight for rung in e.ladder] for e in judged]),
        rung_samples=samples,
        is_year_to_date=padded_rows([[rung.year_to_date for rung in e.ladder] for e in judged]).astype(np.int64),
        year_starts=_year_starts(inputs, n_days),
        is_year_known=codes([all(past.year_end is not None for past in known) for known in pasts]),
        log_year_end=column([past.year_end or 0.0 for past in own]),
        log_index_year_end=column([past.year_end or 0.0 for past in of_index]),
        threshold=column([e.threshold_ann_frac for e in judged]),
        floor=column([e.floor_ann_frac for e in judged]),
        dispersion=column([e.dispersion_ann_frac for e in judged]),
        cut=column([e.risk_cut_frac if e.is_on else 0.0 for e in judged]),
        speed=column([e.risk_speed_per_day_frac for e in judged]),
        most_risk=column([e.most_risk for e in judged]),
        rebuys=codes([e.may_buy for e in judged]),
        n_history=codes([min(past.n_samples for past in known) for known in pasts]),
        log_nav_history=np.array([past.samples for past in own]),
        benchmark_frac=column([e.benchmark_frac for e in judged]),
        rung_comparison=padded_rows([[comparisons.index(key) if key else -1 for key in _keys(funds, e)]
                                     for e in judged], -1.0).astype(np.int64),
        is_peer=np.array([key.members for key in comparisons], dtype=np.int64).reshape(-1, len(funds)),
        comparison_samples=codes([key.samples for key in comparisons]),
        is_comparison_to_date=codes([key.is_to_date for key in comparisons]),
        log_index_history=np.array([past.samples for past in of_index]),
        replace_below=column([_or_never(e.replace_below_ann_frac) for e in judged]),
    )


def _or_never(score: float | None) -> float:
    """The score below which a manager is replaced, if any is."""
    return NEVER_REPLACED if score is None else score


class _Comparison(NamedTuple):
    """A set of peers, 0 or 1 a fund, and a window."""

    members: tuple[int, ...]
    samples: int
    is_to_date: bool


def _keys(funds: Sequence[Fund], evaluation: Evaluation) -> list[_Comparison | None]:
    """The comparison of each rung, None where the benchmark is the index or there is none."""
    if not evaluation.peers:
        return [None] * len(evaluation.ladder)
    members = tuple(int(is_peer(fund, evaluation)) for fund in funds)
    return [_Comparison(members, rung.samples, rung.year_to_date) for rung in evaluation.ladder]


def _comparisons(funds: Sequence[Fund], judged: Sequence[Evaluation]) -> list[_Comparison]:
    """All comparisons, each once."""
    return list(dict.fromkeys(key for e in judged for key in _keys(funds, e) if key))


def is_peer(fund: Fund, evaluation: Evaluation) -> bool:
    """Whether `evaluation` names the fund, or the entry it comes from."""
    return fund.name in evaluation.peers or fund.entry in evaluation.peers


def _benchmarks(funds: Sequence[Fund], f: int, own: Sequence[Past], of_index: Past) -> list[Past]:
    """The pasts that the score of fund f needs beside its own."""
    evaluation = funds[f].evaluation
    if evaluation is None or evaluation.benchmark_frac == 0.0:
        return []
    if not evaluation.peers:
        return [of_index]
    return [past for g, past in enumerate(own) if g != f and is_peer(funds[g], evaluation)]


def _year_starts(inputs: MarketInputs, n_days: int) -> Floats:
    """Days on which calendar years begin: by real dates as far as they are known, then every 252 days."""
    starts = [1 - inputs.days_of_year]
    years = [date[:4] for date in inputs.calendar]
    starts += [day for day in range(2, len(years) + 1) if years[day - 1] != years[day - 2]]
    while starts[-1] <= n_days:
        starts.append(max(starts[-1] + TRADING_DAYS_PER_YEAR, len(years) + 1))
    return column(starts)
