"""`history`: episodes of a market that is made up, their dates and money, and what is refused."""

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from commands import SMALL, run_here

SCREEN = Path(__file__).parent / "history_screen.txt"
FIRST = np.datetime64("2019-12-31")


def closes():
    """A quiet year, a crash of a third in twelve days, a slow way back, and a fall that is not deep enough."""
    moves = [0.002, -0.001] * 60 + [-0.035] * 12 + [0.012] * 40 + [0.001, 0.0] * 30 + [-0.01] * 9 + [0.004] * 60
    return 100.0 * np.exp(np.concatenate([[0.0], np.cumsum(moves)]))


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp("history")
    prices, days = closes(), np.busday_offset(FIRST, np.arange(len(closes())), roll="forward")
    pl.DataFrame({"date": days.astype("datetime64[D]"), "close": prices}).write_csv(folder / "made-up.csv")
    pin = f'pins = [{{ asset = "index", prices = "made-up.csv", first = "{days[1]}", last = "{days[-1]}" }}]'
    text = SMALL.read_text().replace("drift_ann_frac = { index = -1.0 }", pin)
    path = folder / "made-up.toml"
    path.write_text(text.replace("days = 40", f"days = {len(prices) - 1}"))
    return path


OPTIONS = ("--paths", "8", "--set", "judging.window_days=20", "--set", "run.days=100")


@pytest.fixture(scope="module")
def asked(config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "tables"
    return folder, run_here("history", config, *OPTIONS, "-o", folder, "--json")


def test_an_episode_has_its_dates_and_its_money(asked):
    _, ended = asked
    assert ended.code == 0, ended.err
    (row,) = json.loads(ended.out)["rows"]
    days, prices = np.busday_offset(FIRST, np.arange(len(closes())), roll="forward"), closes()
    peak, trough = int(np.argmax(prices[:133])), int(np.argmin(prices))
    assert (row["peak"], row["trough"]) == (str(days[peak]), str(days[trough]))
    assert row["index_loss"] == pytest.approx(1 - prices[trough] / prices[peak])
    tenth = next(t for t in range(len(prices)) if prices[t] <= 0.9 * prices[: t + 1].max())
    # the key has no lag and no persistence, and acts on a fall of a tenth; what it grants is there a day later
    assert {row["begins"], row["breach"]["date"], row["decision"]["date"]} == {str(days[tenth])}
    assert row["cash"]["date"] > row["decision"]["date"]
    figures = {name: figure["value"] for name, figure in row["figures"].items()}
    assert figures["fired"] == 1.0
    assert figures["injected"] > 0.0
    assert figures["injected"] == pytest.approx(sum(row["money_by_fund"].values()))
    assert figures["repaid"] + figures["lost"] + figures["outstanding_end"] == pytest.approx(figures["injected"])
    assert sum(row["layers"].values()) <= figures["lost"]


def test_tables_say_what_json_says(asked):
    folder, ended = asked
    told = json.loads(ended.out)
    assert json.loads((folder / "history.json").read_text()) == told
    episodes = pl.read_parquet(folder / "episodes.parquet")
    assert episodes["peak"].dtype == pl.Date
    assert [str(day) for day in episodes["peak"]] == [row["peak"] for row in told["rows"]]
    signals = pl.read_parquet(folder / "signals.parquet")
    holds = signals.filter(pl.col("signal") == "entry holds")
    assert holds.height == len(closes())
    assert holds["value"].sum() == told["key_days"][0]["entry_days"]


def test_the_screen_is_as_it_was_agreed(config):
    """Written anew by hand where it is meant to change."""
    out = run_here("history", config, *OPTIONS).out
    assert [line.rstrip() for line in out.splitlines()] == SCREEN.read_text().splitlines()


def test_only_episodes_that_begin_on_the_days_asked_for_are_answered(config):
    late = run_here("history", config, *OPTIONS, "--from", "2020-09-01", "--json")
    assert json.loads(late.out)["rows"] == []
    ended = run_here("history", config, *OPTIONS, "--from", "May 2020")
    assert (ended.code, ended.err) == (2, "backstop: --from: 'May 2020' is no date; write it as 2015-06-15\n")


def test_designs_stand_beside_the_configs_own(config):
    ended = run_here("history", config, *OPTIONS, "--designs", "rbi-slf-mf-2020", "--json")
    assert {row["design"] for row in json.loads(ended.out)["rows"]} == {"own", "rbi-slf-mf-2020"}


def test_configs_stand_side_by_side_under_their_own_names(config):
    early = config.with_name("early.toml")
    early.write_text(config.read_text().replace("60, at_least = 0.1 }", "60, at_least = 0.05 }"))
    ended = run_here("history", config, early, *OPTIONS, "--json")
    assert ended.code == 0, ended.err
    told, alone = json.loads(ended.out), json.loads(run_here("history", early, *OPTIONS, "--json").out)
    assert [row["design"] for row in told["burn"]] == ["made-up", "early"]
    (own,) = (row for row in told["burn"] if row["design"] == "early")
    assert {name: value for name, value in own.items() if name != "design"} == {
        name: value for name, value in alone["burn"][0].items() if name != "design"}
    first, second = (next(row["decision"]["date"] for row in told["rows"] if row["design"] == name)
                     for name in ("made-up", "early"))
    assert second < first
    assert "early" in run_here("history", config, early, *OPTIONS).out


def test_configs_of_other_prices_do_not_stand_side_by_side(config):
    other = config.with_name("other.toml")
    other.write_text(config.read_text().replace("made-up.csv", "other.csv"))
    rows = config.with_name("made-up.csv").read_text().splitlines()
    config.with_name("other.csv").write_text("\n".join([*rows[:-1], rows[-1].split(",")[0] + ",99.5"]))
    ended = run_here("history", config, other, *OPTIONS)
    assert ended.code == 2
    assert "has other prices" in ended.err


def test_an_index_without_prices_has_no_history():
    ended = run_here("history", SMALL, "--quiet")
    assert ended.code == 2
    assert ended.err.startswith("market.assets.index: the index has no prices, so no history; write")


def test_a_key_that_prices_do_not_tell_is_refused_by_name(config, tmp_path):
    text = re.sub(r'entry = \{ signal = "market_drawdown", window_days = 60, at_least = 0.1 \}',
                  'entry = { signal = "conditional_volatility", at_least = 0.3 }', config.read_text())
    path = config.parent / "conditional.toml"
    path.write_text(text)
    ended = run_here("history", path, *OPTIONS)
    assert ended.code == 2
    assert ended.err.startswith("conditional_volatility: a history of returns tells market_drawdown")
