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
    assert "id you mean" in ended.err
    assert meant in ended.err


def _options_of(kind):
    """Command, option and choices of every option whose value is of a kind."""
    for name in COMMANDS:
        for parameter in typer.main.get_command(app).commands[name].params:
            described = parameter.type_descriptor
            if parameter.param_type_name == "option" and kind(described):
                yield name, max(parameter.opts, key=len), described.choices


CHOICES = list(_options_of(lambda described: described.is_choice))
NUMBERS = list(_options_of(lambda described: not described.is_choice and str(described.annotation) in
                           ("<class 'int'>", "<class 'float'>")))


def _refused(*arguments):
    """The one line that a command line is refused with."""
    ended = run_here(*arguments)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1), ended.err
    assert "Value error" not in ended.err
    assert "Input should" not in ended.err
    return ended.err


@pytest.mark.parametrize(("command", "option", "choices"), CHOICES, ids=lambda part: part if "-" in part else "")
def test_a_value_that_is_no_choice_is_told_the_nearest_and_all_in_one_line(command, option, choices):
    said = _refused(command, option, f"{choices[-1]}e")
    assert said.startswith(f"backstop {command}: {option}: '{choices[-1]}e' is not among the choices; ")
    assert f"did you mean {choices[-1]!r}?" in said
    assert all(choice in said for choice in choices)


@pytest.mark.parametrize(("command", "option", "choices"), NUMBERS)
def test_a_word_where_a_number_belongs_is_refused_in_one_line(command, option, choices):
    assert _refused(command, option, "many").startswith(f'backstop {command}: {option}: "many" is no ')


def test_excel_is_a_workbook():
    assert "did you mean 'xlsx'?" in _refused("export", "run", "--to", "excel")


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"designs", "schema", "validate"}))
def test_a_command_without_its_argument_shows_its_example(command):
    said = _refused(command)
    assert " is missing; write it, as `backstop " in said


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
