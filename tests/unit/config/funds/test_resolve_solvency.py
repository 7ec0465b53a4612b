"""Insurers become terms, and what no insurer can be is refused."""

import pytest

from ashare import resolved
from backstop.errors import ConfigError

SOLVENT = """funds.insurers.solvency={ own_capital_frac = 0.3, other_required_frac = 0.06, target_ratio = 1.5,
  factors = {
  csi300 = { factor_frac = 0.30, held_factor_frac = 0.27, after_years = 3, most_years = 6, age_years = 3.5 },
  technology = { factor_frac = 0.40, held_factor_frac = 0.36, after_years = 2, most_years = 4, age_years = 1 } } }"""


def test_factors_and_ages_by_asset():
    terms = resolved(SOLVENT.replace("\n", "")).arms[0].solvency
    assert terms.target.tolist() == [1.5, 0.0, 0.0, 0.0]
    assert terms.liability[0] == pytest.approx(0.7)
    assert terms.factor[0].tolist() == [0.30, 0.40, 0.0]
    assert terms.held_factor[0].tolist() == [0.27, 0.36, 0.0]
    assert terms.held_days[0, :2].tolist() == [756.0, 504.0]
    assert terms.most_days[0, :2].tolist() == [1512.0, 1008.0]
    assert terms.age_open[0, :2].tolist() == [882.0, 252.0]


@pytest.mark.parametrize(("before", "after", "message"), [
    ("target_ratio = 1.5", "target_ratio = 2.5", "target_ratio: 2.5 is above the ratio at the opening, 1.79"),
    ("technology = {", "bond = {", "'bond' is no risky asset"),
    ("technology = {", "bond = {", "'insurers' holds technology; write its factor"),
    (" after_years = 3,", "", "needs both held_factor_frac and after_years"),
    ("most_years = 6", "most_years = 2", "most_years: is below after_years"),
])
def test_what_no_insurer_can_be_is_refused(before, after, message):
    with pytest.raises(ConfigError, match=message):
        resolved(SOLVENT.replace("\n", "").replace(before, after))
