"""What is said of a rare event in a line."""

from types import SimpleNamespace

import pytest

from backstop.answers.estimators import Estimate
from backstop.report.rare import _said

CRUDE = "; a crude run would need 12,000,000 paths for as much"


@pytest.mark.parametrize(("crude_paths", "more"), [(None, ""), (1.2e7, CRUDE)])
def test_what_a_crude_run_would_need_is_told_where_it_is_known(crude_paths, more):
    found = SimpleNamespace(arm="pool", event="dry", n_days=252, estimate=Estimate(1.5e-5, 1e-5, 2e-5, ""), refusal="",
                            crude_paths=crude_paths)
    assert _said(found) == f"pool, dry within 252 days: 1.5e-05 (1e-05 to 2e-05){more}"
