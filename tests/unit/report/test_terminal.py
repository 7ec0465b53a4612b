"""What the first screen says beside its tables."""

from types import SimpleNamespace

import pytest

from backstop.report.answer import Answered
from backstop.report.terminal import _hanging, _what_draws_tell, print_drawn


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
