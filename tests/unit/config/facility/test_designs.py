"""Real facilities by name: every one fits a config that knows nothing of it."""

import re
from pathlib import Path

import pytest

from backstop.config.facility.designs import FOLDER, REPLACED, design, design_names, lines_with_design
from backstop.config.text.load import load_config
from backstop.errors import ConfigError
from commands import SMALL

ASHARE = Path(__file__).parents[4] / "configs" / "ashare.toml"
TAGS = re.compile(r"\[(ours|H|M|L|H/M)[],:; ]")
FUND_FILE = """[[funds]]
name = "industry"
file = "funds.csv"
cash_buffer_frac = 0.02
liquidation = { rule = "pro-rata", participation_frac = 0.1 }
failure = { nav_floor_frac = 0.3, unpaid_days = 20 }
"""


def loaded(name, *settings):
    return load_config(ASHARE, [*settings, f'design="{name}"'])


@pytest.mark.parametrize("name", design_names())
def test_a_design_brings_its_facilities_pool_and_one_arm_of_its_name(name):
    config = loaded(name)
    assert set(design(name)) == {"source", *REPLACED}
    assert [arm.name for arm in config.arms] == [name]
    assert list(config.arms[0].facilities) == [facility.name for facility in config.facilities]


@pytest.mark.parametrize("name", design_names())
def test_every_number_of_a_design_stands_beside_its_source_and_confidence(name):
    text = (FOLDER / "facilities" / f"{name}.toml").read_text(encoding="utf-8")
    lines = [line.partition("#") for line in text.splitlines() if "=" in line and not line.startswith(("source", "#"))]
    numbers = [line for line in lines if re.search(r"= *(\[|\{.*=)? *-?\d", line[0])]
    assert numbers
    untagged = [line[0] for line in numbers if not TAGS.search(line[2])]
    assert untagged == []


def test_a_class_of_assets_stands_for_the_names_of_its_assets_and_the_narrower_class_goes_before():
    haircuts = loaded("rbi-slf-mf-2020").facilities[0].advance.haircut_frac
    assert haircuts == {"csi300": 0.3, "technology": 0.3, "bond": 0.1}


def test_a_setting_reaches_into_the_design():
    assert loaded("rbi-slf-mf-2020", "facilities.slf-mf.advance.tenor_days=21").facilities[0].advance.tenor_days == 21


def test_amounts_follow_the_funds_and_the_volume_of_the_config(tmp_path):
    plain = loaded("rbi-slf-mf-2020")
    assert plain.pool.layers[0].size == round(0.022 * sum(fund.count * fund.nav for fund in plain.cohorts))
    assert loaded("pboc-sfisf-2024").pool.layers[0].size == 0.5 * (750e9 + 200e9)
    (tmp_path / "funds.csv").write_text("name,nav,count,holding_csi300\none,1e9,3,0.9\ntwo,2e9,1,0.9\n")
    text = ASHARE.read_text()
    text = re.sub(r"\[\[funds\]\].*?(?=# -+ facility)", FUND_FILE, text, flags=re.DOTALL)
    (tmp_path / "c.toml").write_text(text)
    assert load_config(tmp_path / "c.toml", ["design=rbi-slf-mf-2020"]).pool.layers[0].size == 0.022 * 5e9


def test_an_amount_that_is_set_is_taken_as_it_is():
    assert loaded("rbi-slf-mf-2020", "pool.layers.central-bank.size=7e9").pool.layers[0].size == 7e9


def test_a_name_that_is_none_is_answered_with_the_nearest():
    with pytest.raises(ConfigError) as caught:
        loaded("rbi-slf-mf")
    assert caught.value.lines == ["design: there is no design 'rbi-slf-mf'; did you mean 'rbi-slf-mf-2020'?"]


def test_what_a_design_brings_stands_on_the_line_that_names_it():
    lines = {("design",): 3, ("run",): 5, ("facilities",): 40, ("facilities", 0, "name"): 41}
    assert lines_with_design(lines, {"design": "rbi-slf-mf-2020"}) == {
        ("design",): 3, ("run",): 5, ("facilities",): 3, ("pool",): 3, ("arms",): 3}
    assert lines_with_design(lines, {}) == lines


def test_a_class_of_assets_that_the_market_lacks_is_named():
    with pytest.raises(ConfigError) as caught:
        load_config(SMALL, ["design=boe-gilts-2022"])
    (line,) = caught.value.lines
    assert line.startswith("design: boe-gilts-2022 deals in safe assets, and the market has none; ")
