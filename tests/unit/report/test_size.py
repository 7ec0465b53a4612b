"""What the screen of a size shows of its curve, and what it rests on."""

from types import SimpleNamespace
from typing import NamedTuple

import pytest

from backstop.answers.estimators import Estimate
from backstop.answers.sizing.trial import Worth
from backstop.report.size import _basis, _shown, _sized, _worth


class At(NamedTuple):
    """A size, and how often a pool of it runs dry."""

    size: float
    p: float


def curve(*points):
    def at(size):
        return next(one for one in reversed(points) if one.size <= size)

    return SimpleNamespace(points=points, at=at, is_exact=True)


def test_points_stand_where_the_chance_first_comes_down_to_a_round_one():
    of = curve(At(1.0, 0.3), At(2.0, 0.1), At(3.0, 0.07), At(4.0, 0.05))
    shown = _shown(SimpleNamespace(advised=None, size=4.0), of)
    # .5 at 1, .25 and .1 at 2, .05 at 4; 3 is round nowhere
    assert [one.size for one in shown] == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(("size", "lower", "upper", "told"), [
    (2e9, 1.5e9, 3e9, "2.00bn (95 %: 1.50bn to 3.00bn)"), (2e9, None, 3e9, "2.00bn (95 %: 0 to 3.00bn)"),
    (2e9, 1.5e9, None, "2.00bn (95 %: 1.50bn to more than these paths can tell)"),
    (None, None, None, "no size that was looked at is enough")])
def test_a_size_has_the_ends_that_the_paths_can_tell(size, lower, upper, told):
    assert _sized(SimpleNamespace(size=size, size_lower=lower, size_upper=upper)) == told


def test_the_sizes_asked_about_stand_among_them():
    of = curve(At(1.0, 0.3), At(3.0, 0.07), At(4.0, 0.05))
    assert [one.size for one in _shown(SimpleNamespace(advised=3.0, size=3.5), of)] == [1.0, 3.0, 3.5, 4.0]


@pytest.mark.parametrize(("outside", "is_said"), [(0.0, False), (0.02, True)])
def test_paths_that_need_a_pool_outside_of_crises_are_told(outside, is_said):
    found = SimpleNamespace(layers=["first"], hanging=(), n_checked=40, curves=[curve()], outside=outside, nav_left=0.9)
    assert any("no crisis in that sense" in line for line in _basis(found)) == is_said


def test_what_one_more_unit_does_is_told_with_what_claims_go_beyond_the_size_by():
    gain, lack, in_crisis = Estimate(0.25, 0.2, 0.3), Estimate(1e9, 0.0, 2e9), Estimate(3e9, 2e9, 4e9)
    told = _worth(Worth(5e9, lack, in_crisis, gain, None))
    assert told == ("at 5.00bn one more unit of pool meets claims of 0.25 (0.2 to 0.3), mean over paths; claims go "
                    "beyond it by 3.00bn given a crisis, 1.00bn over all paths, mean")
    assert _worth(Worth(5e9, None, None, gain, gain)).endswith(
        "meets claims of 0.25 (0.2 to 0.3) and averts sales in windows of 0.25 (0.2 to 0.3), mean over paths")
