"""What the command line says of itself: version, help, completion, suggestions, silence."""

import os
import subprocess
import sys

import pytest
import typer

from backstop.cli.app import app
from commands import SMALL, run_apart, run_here

COMMANDS = sorted(typer.main.get_command(app).commands)


def test_the_version_is_said():
    ended = run_here("--version")
    assert (ended.code, ended.out.split()[0], ended.err) == (0, "backstop", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_that_it_takes(command):
    ended = run_here(command, "--help")
    said = " ".join(ended.out.split())
    assert f"Example: backstop {command}" in said


@pytest.mark.parametrize(("arguments", "meant"), [(["rnu", SMALL], "run"), (["run", SMALL, "--pathz", "3"], "--paths"),
                                                  (["run", SMALL, "--set", "run.pats=3"], "paths"),
                                                  (["run", SMALL, "--design", "rbi-slf-2020"], "rbi-slf-mf-2020"),
                                                  (["run", SMALL, "--set", "scenario.preset=crash2015"], "crash-2015")])
def test_a_slip_is_answered_with_what_was_meant(arguments, meant):
    ended = run_here(*arguments)
    assert ended.code == 2
    assert "id you mean" in ended.err or "Possible options" in ended.err
    assert meant in ended.err


def test_quiet_leaves_standard_output_empty_and_keeps_findings(tmp_path):
    late = ("--set", "scenario.shocks=[{ asset = 'index', day = 41, return_frac = -0.1 }]")
    ended = run_here("run", SMALL, "-o", tmp_path / "run", "--paths", 8, "--quiet", *late)
    assert (ended.code, ended.out) == (0, "")
    assert "scenario.shocks: day 41 comes after the last day, 40, and does nothing" in ended.err


def test_a_key_that_stands_elsewhere_is_told_its_place(edited):
    ended = run_here("check", edited("eligible = [", "score_relief_frac = 0.5\neligible = ["))
    assert ended.code == 2
    said = "facilities.backstop.score_relief_frac: is no key of this section; write it in facilities.advance"
    assert said in ended.err


def test_an_empty_suspension_is_refused(edited):
    ended = run_here("check", edited("adv = 2e9", "adv = 2e9\nsuspension = {}"))
    assert ended.code == 2
    assert "suspension: suspends nothing" in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_bash_completes_commands(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "backstop").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m backstop "$@"\n')
    (folder / "backstop").chmod(0o755)
    script = ('eval "$(_BACKSTOP_COMPLETE=source_bash backstop)"; COMP_WORDS=(backstop hist); COMP_CWORD=1; '
              "_backstop_completion backstop; echo ${COMPREPLY[@]}")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=120,
                          env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"})
    assert done.stdout.split() == ["history"], done.stderr


def test_a_run_that_was_stopped_says_that_it_went_on(tmp_path):
    assert run_apart("run", SMALL, "-o", tmp_path / "run", "--paths", 8).code == 0
    (tmp_path / "run" / "manifest.json").unlink()
    ended = run_here("run", SMALL, "-o", tmp_path / "run", "--paths", 8)
    assert (ended.code, "went on where it was stopped, 1 blocks were made before" in ended.err) == (0, True)


def test_the_folder_of_a_run_is_no_config_and_the_remedy_works(finished):
    ended = run_here("run", finished[0])
    assert (ended.code, ended.out) == (2, "")
    remedy = ended.err.partition("`backstop ")[2].partition("`")[0]
    assert run_here(*remedy.split()).out == run_here("show", finished[0]).out != ""
