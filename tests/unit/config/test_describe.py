"""Resolved terms in words and as a tree."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from backstop.config.describe import Row, as_tree, describe
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.config.text.load import parse_config
from backstop.terms import RunTerms

CONFIGS = Path(__file__).parents[3] / "configs"
CALIBRATE = re.compile(r"\[market\.assets\.calibrate\].*?(?=\[market)", re.DOTALL)
EXPLICIT = """[market.assets.volatility]
model = "constant"
long_run_volatility_ann_frac = 0.25
[market.assets.innovation]
distribution = "normal"
"""


def resolved(name: str) -> tuple[Config, RunTerms]:
    """An example whose fits are replaced by explicit numbers."""
    text = (CONFIGS / f"{name}.toml").read_text(encoding="utf-8")
    config = parse_config(CALIBRATE.sub(EXPLICIT, text), name)
    return config, resolve(config, MarketInputs())


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return describe(*resolved("ashare"))


def said(rows: list[Row], *key: str) -> str:
    (row,) = [row for row in rows if row[:4] == key]
    return row.value


def test_terms_read_as_a_person_would_write_them(rows):
    assert said(rows, "", "run", "", "quantum") == "1 CNY"
    assert said(rows, "", "prices", "", "index") == "csi300"
    assert said(rows, "", "prices", "bond", "impact_law") == "linear"
    assert (
        said(rows, "", "funds", "insurers", "units_open") == "csi300 2500000000, technology 1000000000, bond 6000000000"
    )
    assert said(rows, "", "funds", "insurers", "liquidation_order") == "bond, csi300, technology"
    assert said(rows, "", "funds", "pensions", "nav_history") == "61 values, 1 to 1, last 1"
    assert said(rows, "", "pool", "local", "layer_size") == "45000000000"


def test_keys_read_as_sentences(rows):
    key = ("fund", "system_key", "compensation-fund")
    assert said(rows, *key, "entry") == (
        "all of (market_drawdown of 250 days >= 0.2, market_return of 20 days <= -0.1, "
        "realised_volatility of 20 days >= 0.35)"
    )
    assert said(rows, *key, "exit").startswith("any of (market_drawdown of 250 days <= 0.15, ")
    assert said(rows, "fund", "fund_key", "compensation-fund", "exit") == "fund_drawdown <= 0.05"
    assert said(rows, *key, "entry_days") == "3"


def test_arms_show_only_what_they_add_or_change():
    rows = describe(*resolved("us"))
    own = [row for row in rows if row.arm == "longer-ladder"]
    assert {(row.part, row.item, row.term) for row in own} == {
        ("evaluation", "growth-funds", "rung_weight"),
        ("evaluation", "growth-funds", "rung_samples"),
    }
    assert {row.part for row in rows if row.arm == "facility"} == {
        "system_key", "fund_key", "facilities", "advances", "admission", "covenants", "rationing",
    }


def test_every_row_has_a_unit_and_a_value(rows):
    assert all(row.unit and row.value for row in rows)
    assert len({row[:4] for row in rows}) == len(rows)


def test_the_tree_holds_every_term_with_its_unit_and_survives_json():
    _, terms = resolved("ashare")
    tree = json.loads(json.dumps(as_tree(terms), allow_nan=False))
    assert tree["n_days"] == {"value": 504, "unit": "trading days", "axes": [], "meaning": "of the run"}
    assert list(tree["arms"]) == ["none", "fund"]
    for name, arm in zip(terms.names.arms, terms.arms, strict=True):
        for part, section in arm._asdict().items():
            assert_written(tree["arms"][name][part], section)


def assert_written(tree, section):
    for term, value in section._asdict().items():
        if hasattr(value, "_asdict"):
            assert_written(tree[term], value)
        else:
            written = np.array(tree[term]["value"])
            np.testing.assert_array_equal(written.reshape(np.shape(value)), value)
            assert tree[term]["unit"]
            assert tree[term]["meaning"]
            assert len(tree[term]["axes"]) == np.ndim(value)
