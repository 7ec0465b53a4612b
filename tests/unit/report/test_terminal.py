"""What the first screen says beside its tables."""

from types import SimpleNamespace

import numpy as np
import pytest

from backstop.report.answer import Answered
from backstop.report.terminal import WIDTH, _hanging, _print_arm, _title, _what_draws_tell, console, print_drawn


def test_how_well_a_deviation_over_draws_is_known_follows_from_their_number():
    assert "a single draw says nothing" in _what_draws_tell(1)
    # 1 / sqrt(2 * 2)
    assert "about 50% of itself; that is few" in _what_draws_tell(3)
    assert "that is few" in _what_draws_tell(29)
    assert _what_draws_tell(30).endswith("about 13% of itself")


@pytest.mark.parametrize(("share", "is_warned"), [(0.25, False), (0.26, True)])
def test_many_rejected_draws_are_warned_of(share, is_warned, capsys):
    print_drawn(SimpleNamespace(n_groups=40, paths_per_group=256, rejected_frac={"index": share}, fixed=("bonds",)))
    heard = capsys.readouterr()
    assert f"index {share:.1%}; the same on all paths: bonds" in heard.out
    assert ("are inadmissible" in heard.err) == is_warned


def line(label, hangs, models="1 to 2"):
    return Answered("?", label, "1", "0 to 2", "", models, "", hangs)


def test_what_hangs_on_the_model_is_named_signs_first():
    assert list(_hanging([line("cost", ""), line("draw", "range"), line("relief", "sign")])) == [
        "the sign hangs on the market model: relief",
        "hang on the market model (it moves them by more than sampling explains): draw"]
    assert list(_hanging([line("cost", ""), line("draw", "")])) == []


def test_all_lines_are_not_listed_where_all_hang():
    (said,) = _hanging([line("cost", "range"), line("draw", "range"), line("size", "", models="")])
    assert said.endswith(": all lines")


def noted(label, note):
    return line(label, "")._replace(note=note)


def test_a_note_names_its_lines_or_says_that_all_have_it(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    _print_arm([noted("cost", "few"), noted("draw", "few"), noted("relief", "")], "fund")
    assert "* few: cost; draw" in capsys.readouterr().out
    _print_arm([noted("cost", "few"), noted("draw", "few")], "fund")
    assert "* few: all lines" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "width"), [("1", 1), ("72", 72),
                                             *((text, WIDTH) for text in ("0", "", "wide", "-4"))])
def test_columns_are_a_width_if_they_are_a_number_above_0(text, width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", text)
    assert console().width == width


def test_the_title_says_what_an_arm_is_compared_with():
    names = SimpleNamespace(arms=["none", "fund", "reform", "both", "without-both"])
    arm = SimpleNamespace(pool=SimpleNamespace(layer_size=np.array([1e8, 2e8])))
    without = {"none": "none", "fund": "none", "reform": "reform", "both": "without-both"}
    request = SimpleNamespace(terms=SimpleNamespace(names=names, arms=[arm] * 5, quantum=10.0,
                                                    counterfactual_names=lambda: without))
    assert [_title(request, arm) for arm in without] == [
        "no facility, and no arm to compare",
        "fund against none on the same shocks, with a pool of 3.00bn",
        "reform, a reform: against none on the same shocks",
        "both against without-both, both without its facilities, on the same shocks, with a pool of 3.00bn"]
