"""Ordinary flows that balance are no part of what a facility does: without them its effect in windows is the same."""

import numpy as np
import pytest

from ashare import config_with
from doses import run_all

NO_FLOWS = tuple(f"funds.{fund.name}.investors.{held.name}.base_per_day_frac=0.0"
                 for fund in config_with().funds for held in fund.investors)
MARKETS = {
    "crash, 60 days": (("scenario.preset=crash-2015", "run.days=60"), 24),
    "crash, 150 days": (("scenario.preset=crash-2015", "run.days=150"), 24),
    "base, 504 days": (("run.days=504",), 150),
}
"""Settings and paths."""


def averted(settings, n_paths):
    """Mean, over paths with a window, of eligible funds' forced sales that the facility averts in it."""
    return float(np.nanmean(run_all({}, (), n_paths, settings)["fund"]["averted"]))


@pytest.mark.parametrize("market", MARKETS)
def test_without_ordinary_flows_the_effect_in_windows_keeps_its_sign_and_lies_within_a_tenth(market):
    settings, n_paths = MARKETS[market]
    shipped, without = averted(settings, n_paths), averted((*settings, *NO_FLOWS), n_paths)
    print(f"{market}: {shipped / 1e9:.2f}bn, without ordinary flows {without / 1e9:.2f}bn")
    assert shipped > 0.0
    assert without == pytest.approx(shipped, rel=0.1)
