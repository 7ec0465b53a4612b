"""The options that change a config: one parameter of a command, the same options on every command line."""

from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from backstop.cli.groups import Without, with_groups
from backstop.cli.options import Quiet
from backstop.cli.settings import Settings
from commands import run_here


@pytest.fixture
def shown():
    """What a small command was given."""
    found = {}
    small = typer.Typer()

    @small.command()
    @with_groups
    def small_command(name: str, *, settings: Annotated[Settings, Without("design")], quiet: Quiet = False):
        found.update(name=name, settings=settings, quiet=quiet)

    def give(*arguments):
        return CliRunner().invoke(small, arguments).exit_code, found

    return give


def test_settings_are_read_among_other_options(shown):
    code, found = shown("--quiet", "--set", "a.b=1", "--paths", "3", "mine", "--set", "c=2", "--market", "/m.toml")
    assert (code, found["name"], found["quiet"]) == (0, "mine", True)
    assert found["settings"] == Settings(paths=3, sets=["a.b=1", "c=2"], market=Path("/m.toml"))


def test_an_option_that_is_left_out_is_unknown(shown):
    assert shown("mine", "--design", "taiwan-nfsf-2025") == (2, {})


def test_a_command_without_groups_is_as_it_was():
    assert with_groups(shown) is shown


def test_settings_are_words_for_keys_after_those_that_are_set():
    assert Settings().overrides == []
    given = Settings(paths=5, seed=0, sets=["money.quantum=1.0"], market=Path("/m.toml"), design="one")
    assert given.overrides == ["money.quantum=1.0", "run.paths=5", "run.seed=0", 'market.include="/m.toml"',
                               'design="one"']


def test_a_market_is_found_from_where_the_command_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Settings(market=Path("m.toml")).overrides == [f'market.include="{tmp_path}/m.toml"']


@pytest.mark.parametrize(("command", "left_out"), [
    ("run", set()), ("quality", set()), ("hazard", set()), ("check", {"--threads"}), ("trace", {"--threads"}),
    ("simulate", {"--design"}), ("designs", {"--design"})])
def test_a_command_offers_all_settings_that_it_has_a_use_for(command, left_out):
    words = set(run_here(command, "--help").out.split())
    assert {"--paths", "--seed", "--threads", "--set", "--market", "--design"} - words == left_out
