"""A config is read once: from a pipe, which has nothing left for a second reader, every command says the same."""

import os
import re
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from commands import SMALL, pinned, run_here

COMMANDS = {
    "check": (),
    "check --terms": (),
    "simulate": ("-o", "paths.parquet", "--json"),
    "run": ("-o", "run", "--json"),
    "run --blocks 0:1": ("-o", "run"),
    "run --decompose": ("-o", "run", "--json"),
    "trace": ("--path", "3", "-o", "path.parquet"),
    "history": ("--set", "run.days=60", "--designs", "rbi-slf-mf-2020", "--json", "-o", "answer"),
    "size": ("--json", "-o", "answer"),
    "size --years 1": ("--json",),
    "sensitivity": ("--json", "-o", "answer"),
    "sweep": ("--vary", "market.assets.index.trading.adv=1e9:3e9:2", "--vary", "arm=none,fund", "--json",
              "-o", "answer"),
    "sweep --halving": ("--vary", "pool.layers.first.size=1e8:2e8:2", "--json"),
    "optimise": ("--vary", "pool.layers.first.size=1e8:2e8:2", "--design", "grid", "--json"),
    "reverse": ("--json", "-o", "answer"),
    "rare": ("--event", "forced_sales>6e9", "--paths", "400", "--json", "-o", "answer"),
    "quality": ("--sweep", "facilities.backstop.system_key.entry.at_least=0.1:0.2:2", "--json"),
    "hazard": ("--multipliers", "0.9:1.1:3", "--json"),
    "designs": ("--only", "rbi-slf-mf-2020", "--scenario", "none", "--json", "-o", "answer"),
}
"""Of every command that takes a config, and what it is asked beside it."""


def text_of(command):
    """The small config, one number tagged; for a history pinned to prices that lie in the current folder."""
    text = SMALL.read_text().replace("adv = 2e9", "adv = 2e9   # [ours]")
    return pinned(text, Path()) if command.startswith("history") else text


@contextmanager
def piped(text):
    """The path of a pipe that holds a text, once."""
    reader, writer = os.pipe()

    def feed():
        # a command that refuses its options reads nothing
        with suppress(BrokenPipeError), os.fdopen(writer, "w") as stream:
            stream.write(text)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        yield f"/dev/fd/{reader}"
    finally:
        os.close(reader)
        feeder.join()


def ended_in(folder, monkeypatch, command, path):
    """How a command ended in a folder of its own, the name of its config left out, and what it wrote."""
    name, *options = command.split()
    folder.mkdir()
    monkeypatch.chdir(folder)
    text = text_of(command)
    (folder / "small.toml").write_text(text)
    with piped(text) as pipe:
        config = pipe if path is None else path
        ended = run_here(name, config, *options, "--paths", "64", *COMMANDS[command])
    written = {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*"))
               if one.is_file() and one.suffix in (".parquet", ".toml") and one.name != "small.toml"}
    return ended.code, re.sub(r"/dev/fd/\d+|small\.toml", "CONFIG", ended.out), written


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_of_a_pipe_what_it_says_of_the_file(command, tmp_path, monkeypatch):
    of_file = ended_in(tmp_path / "file", monkeypatch, command, "small.toml")
    of_pipe = ended_in(tmp_path / "pipe", monkeypatch, command, None)
    assert of_file[0] == 0
    assert of_pipe == of_file


def test_every_command_that_takes_a_config_is_tried():
    from typer.main import get_command

    from backstop.cli.app import app

    asked = {name for name, command in get_command(app).commands.items()
             if any((one.metavar or "").strip("[].") in ("CONFIG", "RUN_OR_CONFIG") for one in command.params
                    if one.param_type_name == "argument")}
    assert {command.split()[0] for command in COMMANDS} == asked


def test_the_key_of_a_check_is_read_from_a_pipe_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with piped(SMALL.read_text()) as pipe:
        from backstop.market.checked_candidates import key_days_of

        assert key_days_of(pipe)[0].name == "key_days"


def test_a_market_that_is_included_has_a_name_to_be_read_by_again(tmp_path):
    with piped("[market]\n") as pipe:
        ended = run_here("run", SMALL, "--market", pipe, "-o", tmp_path / "run")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"{pipe}: is no file, and a run reads it again by its name; write it to a file\n"
