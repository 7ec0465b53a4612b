"""Resolved terms in words and as a tree."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backstop.config.describe import Row, as_tree, describe
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.models import VolatilityModel
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.config.text.load import parse_config
from backstop.terms import CompensationTerms, Draw, RunTerms
from backstop.terms.declare import fields_of, terms_of

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


MODELS = {
    "constant": "omega = 1e-4",
    "ewma": "alpha = [0.06]\nbeta = [0.94]\nlong_run_volatility_ann_frac = 0.2",
    "garch": "omega = 1e-6\nalpha = [0.08]\nbeta = [0.9]",
    "gjr": "omega = 1e-6\nalpha = [0.03]\ngamma = [0.1]\nbeta = [0.88]",
    "tarch": "omega = 4e-4\nalpha = [0.04]\ngamma = [0.1]\nbeta = [0.88]",
    "egarch": "omega = -0.25\nalpha = [0.15]\ngamma = [-0.1]\nbeta = [0.97]",
    "aparch": "omega = 7e-5\nalpha = [0.07]\ngamma = [0.5]\nbeta = [0.9]\npower = 1.3",
    "harch": "omega = 3e-5\nalpha = [0.1, 0.2]\nharch_lags = [1, 5]",
}
LAWS = {"normal": "", "student-t": "nu = 5.0", "skew-t": "nu = 6.0\nskew = -0.2", "ged": "nu = 1.4",
        "filtered-historical": "block_days = 5"}


def with_risk(model: str, law: str) -> tuple[Config, RunTerms]:
    """The example on assets of that model and law."""
    risk = (f'[market.assets.volatility]\nmodel = "{model}"\n{MODELS[model]}\n'
            f'[market.assets.innovation]\ndistribution = "{law}"\n{LAWS[law]}\n')
    config = parse_config(CALIBRATE.sub(risk, (CONFIGS / "ashare.toml").read_text(encoding="utf-8")), "c")
    residuals = np.random.default_rng(1).standard_normal(300)
    return config, resolve(config, MarketInputs(residual_rows={a.name: residuals for a in config.market.assets}))


def test_models_and_laws_here_are_those_of_the_tables():
    assert tuple(MODELS) == VolatilityModel.keys()
    assert list(LAWS) == [law.key for law in Draw if law.rule.is_written]


PAIRS = [*((model, "student-t") for model in MODELS), *(("gjr", law) for law in LAWS)]


@pytest.mark.parametrize(("model", "law"), PAIRS)
def test_check_prints_every_term_of_every_model_and_law_with_its_unit(model, law):
    config, terms = with_risk(model, law)
    rows = describe(config, terms)
    assert all(row.unit and row.value and row.meaning for row in rows)
    draws = {row.value for row in rows if (row.part, row.term) == ("market.innovation", "draw")}
    assert law in draws
    level = VolatilityModel.of(model).rule.level_of(float(terms.market.volatility.power[0])).key
    assert level in {row.value for row in rows if (row.part, row.term) == ("market.volatility", "kind")}
    assert_complete(terms.market, {(row.part, row.term) for row in rows}, "market")


def assert_complete(section: Any, shown: set[tuple[str, str]], part: str) -> None:
    """Every term of a section that has a value is shown."""
    for path, _, value in terms_of(section):
        *inner, term = path.split(".")
        assert np.size(value) == 0 or (".".join([part, *inner]), term) in shown


def test_what_stands_for_none_reads_none(rows):
    assert said(rows, "", "prices", "bond", "log_limit_down") == "none"
    assert said(rows, "", "funds", "insurers", "nav_floor") != "none"
    assert said(rows, "", "rationing", "", "pool_cap") == "none"


def test_a_unit_is_its_own_part_s_where_parts_share_the_name_of_a_term(rows):
    units = {(row.part, row.term): row.unit for row in rows}
    assert units["investors", "share_frac"] == "share of shares"
    _, said_of_grants = fields_of(CompensationTerms)["share_frac"]
    assert said_of_grants.unit == "share of losses"


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
    assert said(rows, "fund", "fund_key", "compensation-fund", "exit") == "fund_drawdown of 250 days <= 0.05"
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
