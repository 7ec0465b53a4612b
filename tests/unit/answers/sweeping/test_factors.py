"""What `--vary` may say of a key."""

import pytest

from backstop.answers.sweeping.factors import RANGE_STEPS, parse_factors
from backstop.config.text.toml_files import read_config
from backstop.errors import ConfigError
from commands import SMALL

CONFIG = read_config(SMALL)
KEY = "scenario.drift_ann_frac.index"


@pytest.mark.parametrize(("told", "values", "span"), [
    ("-1.0,-0.5", (-1.0, -0.5), None), ("-1.0:-0.5:3", (-1.0, -0.75, -0.5), (-1.0, -0.5))])
def test_values_are_named_or_are_steps_of_a_range(told, values, span):
    (factor,) = parse_factors([f"{KEY}={told}"], CONFIG)
    assert (factor.key, factor.values, factor.span, factor.is_whole) == (KEY, values, span, False)


def test_a_range_that_does_not_say_how_many_has_the_usual_steps():
    (factor,) = parse_factors([f"{KEY}=-1.0:-0.5"], CONFIG)
    assert (len(factor.values), factor.values[0], factor.values[-1]) == (RANGE_STEPS, -1.0, -0.5)


@pytest.mark.parametrize("told", ["-1.0:-0.5:3:4", "-0.5:-1.0", "1:2:x", ""])
def test_what_is_no_list_and_no_range_is_refused(told):
    with pytest.raises(ConfigError):
        parse_factors([f"{KEY}={told}"], CONFIG)
