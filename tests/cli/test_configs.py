"""`init`, `check` and `schema`: a config is written, checked and described."""

import json
import tomllib

import pytest

import config_fuzz
from commands import SMALL, run_here


def line_of(path, text):
    """Number of the line that has `text`."""
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_init_writes_a_commented_config_and_says_where(tmp_path):
    ended = run_here("init", tmp_path / "new" / "place")
    path = tmp_path / "new" / "place" / "ashare.toml"
    assert ended == (0, f"{path}\n", "")
    assert tomllib.loads(path.read_text())["run"]["name"] == "ashare"
    assert path.read_text().count("[ours]") > 50


def test_init_knows_its_examples_by_name(tmp_path):
    assert run_here("init", tmp_path, "--example", "us").code == 0
    ended = run_here("init", tmp_path, "--example", "mars")
    assert ended == (2, "", "there is no example 'mars'; write one of ashare, cont_schaanning, "
                            "greenwood_landier_thesmar, multiple_equilibria, us\n")


def test_init_replaces_a_config_only_when_told(tmp_path):
    run_here("init", tmp_path)
    path = tmp_path / "ashare.toml"
    path.write_text("mine")
    ended = run_here("init", tmp_path)
    assert ended == (2, "", f"{path}: is there already; name another folder, or add --overwrite\n")
    assert path.read_text() == "mine"
    assert run_here("init", tmp_path, "--overwrite").code == 0
    assert path.read_text() != "mine"


def test_init_into_a_file_is_the_environments_fault(tmp_path):
    (tmp_path / "file").write_text("")
    ended = run_here("init", tmp_path / "file" / "folder")
    assert (ended.code, ended.err.count("\n")) == (3, 1)


def test_check_prints_the_terms_with_their_units():
    ended = run_here("check", SMALL, "--terms")
    assert (ended.code, ended.err) == (0, "")
    assert "rate_per_day" in ended.out


def test_check_says_valid_and_what_a_config_holds_on_one_screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ended = run_here("check", SMALL)
    assert (ended.code, ended.err) == (0, "")
    # 20 funds of 1e9, all of them eligible: a cap of 30 % of NAV is 6bn, the pool has 1.1bn
    for words in ("small is valid", "20.0bn", "at the opening: the pool, 1.10bn", "the caps of funds, 6.00bn",
                  "market_drawdown of 60 days >= 0.1", "no number is tagged"):
        assert words in " ".join(ended.out.split())
    lines = ended.out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_check_as_json_is_nothing_but_json():
    ended = run_here("check", SMALL, "--json")
    assert (ended.code, ended.err) == (0, "")
    content = json.loads(ended.out)
    assert content["fits"] == {}
    assert len(content["terms"]) > 50


def test_set_changes_a_key_and_the_last_one_wins():
    changed = run_here("check", SMALL, "--json", "--set", "run.days=30", "--set", "run.days=33", "--seed", 12)
    assert changed.code == 0
    assert changed.out != run_here("check", SMALL, "--json").out


def test_errors_name_file_and_line_all_at_once(edited):
    path = edited("days = 40", "days = -40\ndaze = 3")
    path.write_text(path.read_text().replace("notice_days = 1", 'notice_days = "soon"'))
    ended = run_here("check", path)
    assert (ended.code, ended.out) == (2, "")
    places = [(line_of(path, "days = -40"), "run.days"), (line_of(path, "daze"), "run.daze"),
              (line_of(path, "soon"), "funds.equity.investors.all.notice_days")]
    for line, (number, key) in zip(ended.err.splitlines(), places, strict=True):
        assert line.startswith(f"{path}:{number}: {key}: "), line
        assert "; " in line


@pytest.mark.parametrize("command", [["check"], ["run", "--dry-run"], ["run"]])
def test_every_command_refuses_a_wrong_config_alike(edited, command, tmp_path):
    path = edited("seed = 7", "seed = 7.5")
    ended = run_here(command[0], path, *command[1:])
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"{path}:{line_of(path, 'seed')}: run.seed: ")


def test_text_that_is_no_toml_is_one_line_with_its_place(edited):
    path = edited("days = 40", "days = = 40")
    ended = run_here("check", path)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"{path}:{line_of(path, '= =')}: syntax: ")


def test_a_wrong_setting_is_named_by_its_option():
    ended = run_here("check", SMALL, "--set", "run.dayz=30")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith("--set run.dayz: ")


def test_a_config_that_is_not_there_is_one_line(tmp_path):
    ended = run_here("check", tmp_path / "no.toml")
    assert ended == (2, "", f"{tmp_path}/no.toml: there is no such file; backstop init writes one to start from\n")


def test_schema_is_the_json_schema_of_configs():
    ended = run_here("schema")
    assert (ended.code, ended.err) == (0, "")
    schema = json.loads(ended.out)
    assert {"run", "money", "market", "funds", "facilities", "pool", "arms"} <= set(schema["properties"])


def test_damaged_configs_end_with_a_line():
    assert config_fuzz.failures(range(40)) == []
