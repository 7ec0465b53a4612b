"""A dial turned from little to much: an arm for each dose, all on the shocks of one run, and what must rise or fall."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ashare import config_with
from backstop.answers.gather import gather
from backstop.config.resolve import resolve
from backstop.market.prepare import prepare
from backstop.market.price_reader import PriceReader
from backstop.runs.request import RunRequest

CONFIGS = Path(__file__).parents[1] / "configs"
SLACK = 0.002
"""Of the largest mean: all doses meet the same shocks."""
AVERTED = {"averted": "forced_sales_in_window_eligible", "pressure_averted": "sales_pressure",
           "cost_averted": "fire_sale_cost", "lost_technology": "technology_kept"}
"""What the counterfactual has less what the arm has."""


class Dial(NamedTuple):
    """A key, its doses, what is set beside it, and the sign of what the dose does to a column."""

    key: str
    doses: Sequence[Any]
    signs: Mapping[str, int]
    beside: Mapping[str, Any] = {}
    facility: str = "compensation-fund"


def arm_of(name, step):
    return f"{name.replace(' ', '-')}-{step}"


def arms(dials):
    """TOML of an arm for each dose."""
    lines = []
    for name, dial in dials.items():
        for step, dose in enumerate(dial.doses):
            given = {**dial.beside, dial.key: dose}
            overrides = ", ".join(f'"{key}" = {toml(value)}' for key, value in given.items())
            lines.append(f'[[arms]]\nname = "{arm_of(name, step)}"\nfacilities = ["{dial.facility}"]\n'
                         f"overrides = {{ {overrides} }}\n")
    return "".join(lines)


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(one)}" for name, one in value.items()) + " }"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def run_all(dials, columns, n_paths, settings, facilities=""):
    """(N,) of each column by arm; what is averted is against the arm's counterfactual."""
    config = config_with(*settings, arms=facilities + arms(dials))
    prepared = prepare(config, PriceReader(CONFIGS))
    terms = resolve(prepared.config, prepared.inputs)
    found = gather(RunRequest(terms, seed=11, n_paths=n_paths), 1, (*columns, *AVERTED.values()), ())
    names, without = terms.names.arms, terms.counterfactual_names()
    by_arm = {arm: {name: column[number] for name, column in found.paths.items()} for number, arm in enumerate(names)}
    return {arm: {**of_arm, **{name: by_arm[without[arm]][column] - of_arm[column] for name, column in AVERTED.items()}}
            for arm, of_arm in by_arm.items()}


def means(by_arm, dials, name, column):
    """Mean of a column at each dose; a window that a path does not have averts nothing."""
    return [float(np.nanmean(by_arm[arm_of(name, step)][column])) for step in range(len(dials[name].doses))]


def assert_signs(by_arm, dials, name):
    for column, sign in dials[name].signs.items():
        found = means(by_arm, dials, name, column)
        slack = SLACK * max(map(abs, found))
        steps = sign * np.diff(found)
        assert np.all(steps >= -slack), (column, found)
        assert sign * (found[-1] - found[0]) > slack, (column, found)
