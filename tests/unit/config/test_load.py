"""Loading a config: what is right loads, what is wrong is said at its line."""

from pathlib import Path

import pytest

from backstop.config.load import load_config, parse_config
from backstop.errors import ConfigError

ASHARE = Path(__file__).parents[3] / "configs" / "ashare.toml"


def test_ashare_loads():
    config = load_config(ASHARE)
    assert [fund.name for fund in config.funds] == [
        "insurers",
        "pensions",
        "technology-funds",
        "active-equity",
    ]
    assert config.arms[0].facilities == ("compensation-fund",)


def lines_of(text: str, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.toml", overrides)
    return caught.value.lines


def test_a_missing_file_is_one_line():
    with pytest.raises(ConfigError, match="no such file"):
        load_config("nowhere.toml")
