"""Tables of a history: whose row it is, what would have fired, and how often a key was on."""

import datetime
from types import SimpleNamespace

import pytest
from rich.console import Console

from backstop.answers.estimators import Estimate
from backstop.answers.history.answer import OWN
from backstop.answers.history.burn import Burn, Expected
from backstop.answers.history.near_misses import Change, NearMiss
from backstop.answers.history.rows import EpisodeRow
from backstop.report import history

DAY = datetime.date(2015, 6, 12)
EACH = Estimate(0.5, 0.1, 2.0, "")


def episode(design=OWN, arm="pool", fired=1.0):
    figures = {} if fired is None else {"fired": Estimate(fired, None, None, "")}
    days = (DAY,) * 5
    return EpisodeRow(design, arm, "2015-06", *days, False, 0.3, *(None,) * 5, 1e9, 1e9, figures, {}, {}, (), ())


def text(table):
    out = Console(width=160)
    with out.capture() as caught:
        out.print(table)
    return caught.get()


@pytest.mark.parametrize(("design", "name"), [(OWN, "pool"), ("pool", "pool"), ("loan.toml", "loan.toml pool")])
def test_a_row_of_another_design_is_named_by_design_and_arm_and_one_of_the_config_by_its_arm(design, name):
    assert history._name(episode(design), many=True) == (name,)
    assert history._name(episode(design), many=False) == ()


@pytest.mark.parametrize(("fired", "told"), [(None, "no"), (0.0, "no"), (1.0, "yes"), (0.25, "25.0 %")])
def test_a_key_was_on_or_not_or_on_a_share_of_paths(fired, told):
    assert history._on(episode(fired=fired)) == told


@pytest.mark.parametrize(("names", "are_told"), [(["one"], False), (["one", "two"], True)])
def test_designs_are_named_where_there_are_two(names, are_told):
    burn = [Burn(OWN, name, 20.0, 8, 3, EACH, 1e9, 1e8, Expected(EACH, EACH, EACH)) for name in names]
    told = text(history._burn(SimpleNamespace(burn=burn)))
    assert all((name in told) == are_told for name in names)
    assert "0.50 [0.10, 2.00]" in told


def test_a_near_miss_tells_what_is_shipped_and_what_would_have_fired():
    one = Change("market_return over 20 days", -0.2, -0.15375, 0.23)
    missed = NearMiss(OWN, "pool", "loan", "2018-01", {}, 0, (one,), one.term)
    row = text(history._near([missed], many=False)).splitlines()[-1].split()
    assert row[-4:] == ["-0.2", "-0.1537", "23.0", "%"]
    of_all = Change("all thresholds", None, 0.7, 0.3)
    table = history._near([missed._replace(changes=(of_all,), least=of_all.term)], many=False)
    assert text(table).splitlines()[-1].split()[-4:] == ["-", "-", "30.0", "%"]
