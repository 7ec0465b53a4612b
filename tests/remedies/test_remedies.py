"""The remedy of every message is followed: the input is then right, or meets another message.

Where a message names a value, or a key, or that something goes, just that is done; where it describes what to write,
what a reader would write. What no case reaches stands in `apart.toml`, with the reason.
"""

import tomllib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from commands import run_here
from remedies.answer_cases import ADVICE, ANSWERS
from remedies.command_cases import CALLS, SCREENS, ended
from remedies.config_cases import CASES, Case
from remedies.damage import damaged_keys
from remedies.following import base, changed, errors_of, followed, split
from remedies.run_cases import MAKE, RUNS, mended
from remedies.run_cases import told as told_of_run
from remedies.spoken_cases import SPOKEN, heard
from remedies.table_cases import TABLES, told
from remedies.templates import templates

APART = tomllib.loads((Path(__file__).parent / "apart.toml").read_text(encoding="utf-8"))
TAKES_A_READER = ("is no table", "is no list", "is missing", "is infinite or no number", "is no text",
                  "is no known key",
                  "will not do", "is no switch")
"""Messages of the kind of a value, or of one that is missing: what to write then is the reader's own."""


@pytest.fixture(scope="module")
def harmed(tmp_path_factory):
    """What is said of the run of a case, the run, and one that is whole; each is harmed once."""
    whole = tmp_path_factory.mktemp("runs") / "whole"
    assert run_here(*MAKE, whole).code == 0

    @cache
    def harm(case):
        folder = tmp_path_factory.mktemp("case")
        return told_of_run(case, whole, folder), folder / "run", whole

    return harm


def _with(tree, changes):
    for key, value in changes.items():
        tree = changed(tree, key, value)
    return tree


def said_of(case: Case) -> str:
    """The line of a case."""
    found = [line for line in errors_of(_with(base(case.base), case.changes)) if case.said in line]
    assert found, errors_of(_with(base(case.base), case.changes))
    return found[0]


@cache
def damages():
    """Every damaged config of the small one with each line that it is told, one of each kind."""
    tree, met, found = base("small"), set(), []
    for key, wrong in damaged_keys(tree):
        damaged = changed(tree, key, wrong)
        for line in errors_of(damaged):
            kind = _kind(line)
            if kind not in met:
                met.add(kind)
                found.append((damaged, line))
    return found


def _kind(line):
    key, said = split(line)
    return key.rpartition(".")[2], tuple(template.shown for template in templates() if template.is_of(said))


@cache
def reached():
    """The messages that cases by hand meet, as lists name them."""
    with TemporaryDirectory() as folder:
        said = [said_of(case) for case in CASES] + [told(case, Path(folder), is_right=False) for case in TABLES]
    said += [ended(call.arguments).err for call in (*CALLS, *ANSWERS)]
    said += [heard(case.wrong) for case in SPOKEN]
    said += [_shown_by(screen.arguments) for screen in (*SCREENS, *ADVICE)]
    return _made_by(said)


def _shown_by(arguments):
    return ended(arguments).out + ended(arguments).err


def _made_by(said):
    """The messages that texts have in them."""
    said = list(said)
    return {template.shown for template in templates() for message in said if template.is_of(message)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_a_config_whose_remedy_is_followed_is_right_or_meets_the_next_message(case):
    line, wrong = said_of(case), _with(base(case.base), case.changes)
    mended = [_with(wrong, case.read)] if case.read is not None else [tree for _, tree in followed(wrong, line)]
    assert mended, f"no value to follow in: {line}"
    for tree in mended:
        assert line not in errors_of(tree)


def test_every_damaged_key_is_told_a_remedy_that_works():
    assert len(damages()) > 150
    for damaged, line in damages():
        ways = list(followed(damaged, line))
        by_hand = any(part in line for part in TAKES_A_READER) or reached() & set(_kind(line)[1])
        assert ways or by_hand, line
        for way, tree in ways:
            assert line not in errors_of(tree), (way, line)


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case.said)
def test_a_file_whose_remedy_is_followed_is_read(case, tmp_path):
    assert case.said in told(case, tmp_path, is_right=False)
    assert told(case, tmp_path, is_right=True) == ""


@pytest.mark.parametrize("call", [*CALLS, *ANSWERS], ids=lambda call: call.said)
def test_a_command_whose_remedy_is_followed_works(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = ended(call.arguments)
    assert first.code in (2, 3)
    assert call.said in first.err
    assert ended(call.then).code == 0


@pytest.mark.parametrize("screen", [*SCREENS, *ADVICE], ids=lambda screen: screen.said)
def test_what_a_screen_advises_takes_the_advice_off_it(screen):
    assert screen.said in _shown_by(screen.arguments)
    assert ended(screen.then).code == 0
    assert screen.said not in _shown_by(screen.then)


@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.said)
def test_a_run_whose_remedy_is_followed_is_whole_or_left_alone(case, harmed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said, run, whole = harmed(case)
    assert case.said in said
    assert case.said not in mended(case, whole, run)


@pytest.mark.parametrize("case", SPOKEN, ids=lambda case: case.said)
def test_what_a_function_says_it_says_no_more_once_that_is_done(case):
    assert case.said in heard(case.wrong)
    assert case.said not in heard(case.right)


def test_every_message_with_a_remedy_has_a_case_or_a_reason(harmed):
    met = reached() | _made_by(harmed(case)[0] for case in RUNS)
    met |= {name for _, line in damages() for name in _kind(line)[1]}
    excused = {name for names in APART.values() for name in names}
    every = {template.shown for template in templates()}
    assert sorted(every - met - excused) == []
    assert sorted(excused - every) == [], "no longer said"
    assert sorted(excused & met) == [], "has a case by now"
