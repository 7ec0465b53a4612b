"""`sensitivity`: each row is what a run with that number says, ranked, and what turns the sign is named."""

import json

import polars as pl
import pytest

from backstop.answers.sensitivity import sensitivity
from commands import SMALL, run_here

TAGS = {
    "coverage_frac = 0.8": "coverage_frac = 0.8   # [ours, 0.1 to 0.9]",
    "adv = 2e9": "adv = 2e9   # [ours]",
    "bear_slope_per_day = 0.2": "bear_slope_per_day = 0.2   # [ours, 0.0001 to 0.3]",
    "tenor_days = 250": "tenor_days = 250   # [cited: nobody]",
}
HEADLINE = "window_sales_averted_share"


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    text = SMALL.read_text()
    for plain, tagged in TAGS.items():
        text = text.replace(plain, tagged)
    path = tmp_path_factory.mktemp("sensitivity") / "small.toml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def out(config):
    return config.parent / "out"


@pytest.fixture(scope="module")
def found(config, out):
    ended = run_here("sensitivity", config, "--quiet", "--json", "-o", out)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def share_of_run(config, folder, *settings):
    sets = [part for setting in settings for part in ("--set", setting)]
    ended = run_here("run", config, "--quiet", "--json", "-o", folder, *sets)
    assert ended.code == 0, ended.err
    return next(row["estimate"] for row in json.loads(ended.out)["summary"]
                if row["arm"] == "fund" and row["metric"] == HEADLINE and row["comparison"] in (None, "facility"))


def test_the_base_and_each_row_are_what_runs_say(config, found, tmp_path):
    assert found["base"]["value"] == pytest.approx(share_of_run(config, tmp_path / "base"))
    for number, row in enumerate(found["moved"]):
        alone = share_of_run(config, tmp_path / str(number), f"{row['key']}={row['value']!r}")
        assert row["estimate"]["value"] == pytest.approx(alone), row["key"]
        assert row["effect"]["value"] == pytest.approx(alone - found["base"]["value"])


def test_only_what_is_tagged_ours_is_varied_within_its_range(found):
    assert {(row["key"], row["value"]) for row in found["moved"]} == {
        ("facilities.backstop.advance.coverage_frac", 0.1), ("facilities.backstop.advance.coverage_frac", 0.9),
        ("market.assets.index.trading.adv", 1e9), ("market.assets.index.trading.adv", 4e9),
        ("funds.equity.investors.all.bear_slope_per_day", 0.0001),
        ("funds.equity.investors.all.bear_slope_per_day", 0.3)}
    assert len(found["untagged"]) > 10


def test_what_moves_it_most_comes_first(found):
    largest = [max(abs(row["effect"]["value"]) for row in found["moved"] if row["key"] == key)
               for key in dict.fromkeys(row["key"] for row in found["moved"])]
    assert largest == sorted(largest, reverse=True)


def test_a_sign_that_turns_is_said(config):
    ended = run_here("sensitivity", config, "--quiet", "--json", "--headline", "relief")
    relief = json.loads(ended.out)
    for row in relief["moved"]:
        assert row["turns"] == (row["estimate"]["value"] * relief["base"]["value"] < 0.0)
    printed = run_here("sensitivity", config, "--headline", "relief").out
    turning = {row["key"] for row in relief["moved"] if row["turns"]}
    assert (f"{len(turning)} of 3 numbers" in printed) if turning else "no one of 3 numbers" in printed


def test_the_same_question_goes_on_where_it_was_stopped(config, found, out, monkeypatch):
    """What is kept is not run again; a part that is lost is."""
    (out / "parts" / "part-000001.parquet").unlink()
    asked, run = [], sensitivity.measured
    monkeypatch.setattr(sensitivity, "measured", lambda world, *rest: asked.append(world) or run(world, *rest))
    for n_worlds in (1, 0):
        asked.clear()
        ended = run_here("sensitivity", config, "--quiet", "--json", "-o", out)
        assert json.loads(ended.out) == found
        assert len(asked) == n_worlds
    other = run_here("sensitivity", config, "--quiet", "--headline", "relief", "-o", out)
    assert "other metrics" in other.err


def test_the_files_have_the_rows(found, out):
    table = pl.read_parquet(out / "sensitivity.parquet")
    assert table["effect"].to_list() == [row["effect"]["value"] for row in found["moved"]]
    assert json.loads((out / "sensitivity.json").read_bytes()) == found


@pytest.mark.parametrize(("options", "words"), [
    (("--headline", "relif"), "relief"), (("--tag", "guessed"), "guessed"), (("--arm", "nobody"), "nobody")])
def test_what_makes_no_sense_is_refused(config, options, words):
    ended = run_here("sensitivity", config, "--quiet", *options)
    assert ended.code == 2
    assert words in ended.err
