"""What a run makes of a file of prices is of one content."""

import tomllib

import pytest

from backstop.config.schema import Config
from backstop.errors import DataError
from backstop.market import price_reader
from backstop.market.models import MixedMarkets
from backstop.market.price_reader import PriceReader
from commands import SMALL

DAYS = ("2024-01-02,1.0", "2024-01-03,2.0", "2024-01-04,3.0")


@pytest.fixture
def two_models():
    tree = tomllib.loads(SMALL.read_text())
    index = tree["market"]["assets"][0]
    for key in ("volatility", "innovation"):
        index.pop(key)
    index["calibrate"] = {"prices": "builtin:csi300", "model": "garch", "distribution": "normal"}
    tree["market"]["models"] = ["garch", "constant"]
    tree["run"] |= {"days": 5, "paths": 384}
    return Config.model_validate(tree)


def test_a_file_that_changes_between_two_questions_is_as_it_was_first_read(tmp_path):
    file, reader = tmp_path / "prices.csv", PriceReader(tmp_path)
    file.write_text("\n".join(("date,close", *DAYS)))
    first = reader.read("prices.csv")
    file.write_text("\n".join(("date,close", *DAYS[:2])))
    assert reader.read("prices.csv").content_hash == first.content_hash
    assert PriceReader(tmp_path).read("prices.csv").content_hash != first.content_hash


def test_a_file_that_is_not_there_is_refused_each_time(tmp_path):
    reader = PriceReader(tmp_path)
    for _ in range(2):
        with pytest.raises(DataError, match=r"nowhere\.csv"):
            reader.read("nowhere.csv")


def test_models_that_take_turns_read_their_prices_once(monkeypatch, two_models):
    read = []
    load = price_reader.load_prices
    monkeypatch.setattr(price_reader, "load_prices", lambda *asked: (read.append(asked[0]), load(*asked))[1])
    MixedMarkets(two_models, SMALL.parent)
    assert read == ["builtin:csi300"]
