"""Ruin by year: a hand case exactly, over all its outcomes, and a closed form through the engine."""

import math

import numpy as np
import pytest

from backstop.answers.sizing.costs import ruin_by_year
from backstop.answers.sizing.question import Question
from backstop.answers.sizing.size import size
from backstop.answers.sizing.uses import Paths, Uses, collect
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import load_config, parse_config
from backstop.runs.progress import quiet
from backstop.runs.request import RunRequest
from backstop.validation.ruin import CLAIMS_A_PERIOD, WORLD, survival

N_YEARS, DAYS = 20, 252
RESERVE, INCOME, LOSS, CHANCE = 12, 1, 10, 0.08


def every_outcome():
    """(N_YEARS, 2^N_YEARS) whether each year has a loss, and the chance of each outcome."""
    losses = (np.arange(2**N_YEARS) >> np.arange(N_YEARS)[:, None]) & 1
    n_losses = losses.sum(axis=0)
    return losses, CHANCE**n_losses * (1.0 - CHANCE) ** (N_YEARS - n_losses)


def test_a_reserve_of_12_with_1_a_year_against_losses_of_10_is_ruined_as_by_hand():
    losses, chance = every_outcome()
    left = RESERVE + np.cumsum(INCOME - LOSS * losses, axis=0)
    is_ruined = np.maximum.accumulate(left < 0, axis=0)
    first = np.where(is_ruined[-1], DAYS * (np.argmax(left < 0, axis=0) + 1.0), np.nan)
    nothing = np.zeros(len(chance))
    uses = Uses(Paths(chance, None, nothing.astype(np.int64)), {"first_dry_day": first[None]}, nothing, nothing[None])
    found = {row.year: row.estimate.value for row in ruin_by_year(uses, 0, float(RESERVE), N_YEARS * DAYS)}
    assert found[1] == 0.0
    assert found[2] == pytest.approx(0.0064, abs=1e-12)
    assert found[N_YEARS] == pytest.approx(0.192761036, abs=5e-10)


def test_a_pool_with_premiums_is_ruined_by_year_as_the_ballot_theorem_has_it():
    terms = resolve(parse_config(WORLD.read_text(encoding="utf-8"), WORLD.name), MarketInputs())
    request = RunRequest(terms, seed=5, n_paths=1000)
    found = size(request, "pool", Question(target=0.3), workers=1)
    assert [term.key for term in found.hanging] == ["pool.premium"]
    own = [row.estimate for row in found.ruin if row.size == found.size]
    for year, estimate in enumerate(own, 1):
        true = 1.0 - survival(12 * year, CLAIMS_A_PERIOD)
        assert estimate.value == pytest.approx(true, abs=4.0 * (true * (1.0 - true) / request.n_paths) ** 0.5)
    assert len(own) == 2


def test_twenty_years_of_premiums_end_in_ruin_as_often_as_the_ballot_theorem_has_it():
    """One claim a period of 21 days on average, 240 periods: jumps a tenth as large, so that claims shrink no more."""
    jump = 0.002
    settings = [f"run.days={N_YEARS * DAYS}", "scenario.jumps.0.per_year=12.0", "pool.layers.all.size=3e8",
                f"scenario.jumps.0.mean_log_return={-jump}", f"pool.premium.rate_ann_frac={-12.0 * math.expm1(-jump)}"]
    terms, n_paths = resolve(load_config(WORLD, settings), MarketInputs()), 1000
    uses = collect(RunRequest(terms, seed=5, n_paths=n_paths), 1, 1, quiet)
    found = [row.estimate.value for row in ruin_by_year(uses, 0, 3e8, N_YEARS * DAYS)]
    true = np.array([1.0 - survival(12 * year, 1.0) for year in range(1, N_YEARS + 1)])
    assert true[0] < 0.75 < 0.92 < true[-1]
    assert (np.abs(found - true) <= 4.0 * np.sqrt(true * (1.0 - true) / n_paths)).all()
