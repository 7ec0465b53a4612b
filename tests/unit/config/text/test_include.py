"""A market from a file of its own, laid under the config's."""

from pathlib import Path

import pytest

from backstop.config.text.load import load_config
from backstop.errors import ConfigError

ASHARE = Path(__file__).parents[4] / "configs" / "ashare.toml"
FILE = """\
[market]
index = "gold"
[[market.assets]]
name = "csi300"
drift_ann_frac = 0.01
volatility = { model = "garch", omega = 1e-6, alpha = [0.1], beta = [0.85] }
innovation = { distribution = "normal" }
[[market.assets]]
name = "gold"
volatility = { model = "constant", omega = 1e-4 }
innovation = { distribution = "normal" }
[market.dependence]
assets = ["csi300", "gold"]
correlation = [[1.0, 0.2], [0.2, 1.0]]
"""


@pytest.fixture
def config(tmp_path):
    """Loads the example with `include` as its market says, of a file with the text given."""
    def load(text=FILE, *settings, include='include = "market.toml"'):
        (tmp_path / "market.toml").write_text(text)
        (tmp_path / "c.toml").write_text(ASHARE.read_text().replace("[market]\n", f"[market]\n{include}\n", 1))
        return load_config(tmp_path / "c.toml", settings)
    return load


def refused(load, *args, **kwargs):
    with pytest.raises(ConfigError) as caught:
        load(*args, **kwargs)
    return caught.value.lines


def test_an_asset_takes_its_risk_from_the_file_and_keeps_how_it_trades(config):
    market = config().market
    asset = market.assets[0]
    assert (asset.name, asset.calibrate, asset.drift_ann_frac) == ("csi300", None, 0.01)
    assert asset.volatility.model == "garch"
    assert asset.trading == load_config(ASHARE).market.assets[0].trading
    assert market.index == "csi300"
    assert market.cash_rate_ann_frac == load_config(ASHARE).market.cash_rate_ann_frac


def test_other_assets_stay_and_new_ones_come_last_with_the_files_dependence(config):
    market = config().market
    assert [asset.name for asset in market.assets] == ["csi300", "technology", "bond", "gold"]
    assert market.assets[1:3] == load_config(ASHARE).market.assets[1:]
    assert market.dependence.assets == ("csi300", "gold")


def test_a_factor_is_left_where_the_file_fits_the_whole_return(config):
    text = FILE.replace('"gold"', '"technology"')
    technology = config(text).market.assets[1]
    assert technology.factor is None
    assert technology.volatility.model == "constant"


def test_a_setting_names_the_file_and_others_reach_what_it_holds(config, tmp_path):
    (tmp_path / "other.toml").write_text(FILE.replace("0.01", "0.02"))
    settings = (f'market.include="{tmp_path / "other.toml"}"', "market.assets.gold.drift_ann_frac=0.03")
    market = config(FILE, *settings, include="").market
    assert (market.assets[0].drift_ann_frac, market.assets[3].drift_ann_frac) == (0.02, 0.03)


def test_a_config_may_have_no_market_but_the_files(tmp_path, config):
    config()
    text = ASHARE.read_text()
    rest = text[text.index("[scenario]"):].replace("technology = ", "gold = ").replace('"technology"', '"gold"')
    head = text[: text.index("[market]")]
    (tmp_path / "market.toml").write_text(f'{FILE[: FILE.index("[market.dep")]}\n[[market.assets]]\nname = "bond"\n'
                                          'volatility = { model = "constant", omega = 1e-6 }\n'
                                          'innovation = { distribution = "normal" }\n')
    (tmp_path / "c.toml").write_text(f'{head}[market]\ninclude = "market.toml"\n{rest}')
    market = load_config(tmp_path / "c.toml").market
    assert [asset.name for asset in market.assets] == ["csi300", "gold", "bond"]
    assert market.index == "gold"


@pytest.mark.parametrize(("text", "line"), [
    (FILE.replace("omega = 1e-6", "omega = -1"), "market.toml:6: market.assets.csi300.volatility.omega: "),
    (FILE.replace('"garch"', '"girch"'), "market.toml:6: market.assets.csi300.volatility.model: "),
    (f"{FILE}[run]\npaths = 3\n", "market.toml:15: run: has no place in an included file; keep [market] alone"),
    ('include = "x"', "market.toml:1: include: has no place"),
    ("[market]\ninclude = 'x'", "market.toml:2: market.include: an included file includes no other"),
    ("[market", "market.toml:1: syntax: "),
])
def test_errors_of_the_file_are_at_its_own_lines(config, tmp_path, text, line):
    assert refused(config, text)[0].startswith(f"{tmp_path}/{line}")


def test_errors_of_the_config_keep_their_lines(config, tmp_path):
    lines = refused(config, FILE, include='include = "market.toml"\ncash_rate_ann_frac = -9.0')
    assert all(line.startswith(f"{tmp_path}/c.toml:") for line in lines)
    assert refused(config, include='include = "nothing.toml"') == [
        f"{tmp_path}/nothing.toml: there is no such file; `backstop calibrate PRICES -o FILE` writes one"]
    assert "market.include" in refused(config, include="include = 3")[0]


def test_a_market_without_assets_is_to_be_given_some(config):
    (line,) = refused(config, '[market]\nindex = "gold"\n')
    assert "market.assets: is missing; write assets = ..." in line
