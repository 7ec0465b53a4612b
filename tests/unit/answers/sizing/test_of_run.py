"""What a finished run tells of its pool."""

from types import SimpleNamespace

import numpy as np
import pytest

from backstop.answers.sizing import of_run
from backstop.answers.sizing.hanging import Hanging

N = 400


def parts_of(use, is_dry, is_on, size):
    columns = {"pool_peak_use": use, "first_dry_day": np.where(is_dry, 3.0, np.nan), "days_active": is_on * 5.0}
    return SimpleNamespace(pool_sizes=[size], weight=np.ones(len(use)), group=None,
                           resolved={"quantum": {"value": 1.0}},
                           arm_column=lambda name, arm: np.array(columns[name], dtype=float))


@pytest.fixture
def arm(monkeypatch):
    monkeypatch.setattr(of_run, "hanging_terms", lambda arm: ())
    monkeypatch.setattr(of_run, "rounding", lambda arm: 0.0)


@pytest.mark.usefixtures("arm")
def test_the_least_pool_is_the_quantile_of_peak_use_on_paths_with_a_crisis_alone():
    is_on = np.arange(2 * N) < N
    use = np.where(is_on, np.arange(2 * N) + 1.0, 0.0)
    found = of_run.enough_of(parts_of(use, np.zeros(2 * N, bool), is_on, 1e4), 0, None, 0.1)
    assert found.least == 360.0
    assert found.lower < 360.0 < found.upper
    assert found.crisis.value == 0.5


@pytest.mark.usefixtures("arm")
def test_a_pool_that_ran_dry_tells_only_that_more_is_needed():
    use, is_dry = np.full(N, 50.0), np.arange(N) < 80
    found = of_run.enough_of(parts_of(use, is_dry, np.ones(N, bool), 50.0), 0, None, 0.1)
    assert (found.least, found.upper) == (None, None)


@pytest.mark.usefixtures("arm")
def test_without_a_crisis_nothing_is_said():
    found = of_run.enough_of(parts_of(np.zeros(N), np.zeros(N, bool), np.zeros(N, bool), 50.0), 0, None, 0.1)
    assert (found.crisis.value, found.least) == (0.0, None)


def test_a_term_that_hangs_on_the_size_is_named(monkeypatch):
    monkeypatch.setattr(of_run, "hanging_terms", lambda arm: (Hanging("pool.borrowing", "why"),))
    found = of_run.enough_of(parts_of(np.ones(N), np.zeros(N, bool), np.ones(N, bool), 50.0), 0, None, 0.1)
    assert (found.hanging, found.least) == ("pool.borrowing", None)
