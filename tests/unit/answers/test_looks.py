"""Looks at a run under way: the numbers of spending rules, what must not stop a run, which paths are kept."""

import filecmp

import pytest

from backstop.answers.looks import SPENT, Goal, look_places, parse_goal, relative_error, widths
from backstop.answers.precise import stress_until
from backstop.answers.stress import stress
from backstop.answers.summary import Row
from backstop.errors import ConfigError
from backstop.runs import store
from backstop.runs.request import RunRequest
from backstop.runs.tiles import Layout
from toy_run import ToyMarket, toy_terms

LAYOUT = Layout(lanes=24, block_paths=48, days_per_call=20)
REQUEST = RunRequest(toy_terms(40), seed=9, n_paths=432, currency="CNY", market=ToyMarket())
GOAL = Goal("injected", None, 0.9)


def row(estimate, lower, upper, note=None):
    values = {"arm": "fund", "metric": "injected", "unit": "currency", "statistic": "mean", "estimate": estimate,
              "lower": lower, "upper": upper, "n_paths": 400, "note": note}
    return Row(**(dict.fromkeys(Row._fields) | values))


def test_eight_equal_looks_are_wider_and_take_almost_twice_the_paths():
    z = widths([n / 8 for n in range(1, 9)], "equal")
    assert z == pytest.approx([2.734369] * 8, abs=5e-7)
    assert (z[0] / 1.959964) ** 2 == pytest.approx(1.946, abs=5e-4)


def test_late_spending_is_obrien_and_flemings():
    assert SPENT["late"](0.5) == pytest.approx(0.005574597, abs=5e-10)
    assert SPENT["late"](1.0) == pytest.approx(0.05, abs=1e-9)
    z = widths([n / 8 for n in range(1, 9)], "late")
    assert z[0] > 5.0
    assert z[-1] < 2.734


@pytest.mark.parametrize("spending", SPENT)
@pytest.mark.parametrize("n", [1, 3, 8])
def test_all_looks_together_spend_five_per_cent(spending, n):
    from scipy.stats import norm

    spent = [2.0 * norm.sf(z) for z in widths([k / n for k in range(1, n + 1)], spending)]
    assert sum(spent) == pytest.approx(0.05, abs=1e-8)


@pytest.mark.parametrize(("n_blocks", "places"), [
    (1, [1]), (3, [1, 2, 3]), (8, list(range(1, 9))), (13, [2, 4, 5, 7, 9, 10, 12, 13])])
def test_looks_are_at_ends_of_blocks_and_the_last_has_all(n_blocks, places):
    assert look_places(n_blocks) == places


def test_the_error_is_the_longer_side_of_the_interval_at_the_looks_own_width():
    assert relative_error([row(10.0, 9.0, 12.0)], GOAL, 2.0 * 1.959964) == pytest.approx(0.4, rel=1e-6)
    assert relative_error([row(10.0, 9.0, 12.0), row(10.0, 5.0, 11.0)], GOAL, 1.959964) == pytest.approx(0.5, rel=1e-6)


def test_draws_of_parameters_widen_a_look_as_students_t_of_so_many_groups():
    from scipy.stats import norm, t

    z = 2.734369
    wide = t.isf(norm.sf(z), 39) / t.isf(0.025, 39)
    assert relative_error([row(10.0, 9.0, 12.0)], GOAL, z, 40) == pytest.approx(0.2 * wide, rel=1e-6)
    assert wide > z / 1.959964


@pytest.mark.parametrize("bad", [row(0.0, 0.0, 0.0), row(1.0, None, 2.0), row(1.0, 0.9, 1.1, "few: 12 of 400 paths"),
                                 row(1.0, 0.9, 1.1, "heavy tail: nearer 90 % than 95 %")])
def test_zero_few_events_and_doubtful_intervals_never_stop_a_run(bad):
    assert relative_error([row(10.0, 9.9, 10.1), bad], GOAL, 1.96) is None


def test_a_statistic_that_nobody_has_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match=r"p31.*mean"):
        relative_error([row(1.0, 0.5, 2.0)], Goal("injected", "p31", 0.1), 1.96)


@pytest.mark.parametrize("text", ["injected", "injected=", "injected=2", "=0.1", "injected=-1", "injected=nan"])
def test_what_is_no_goal_is_refused(text):
    with pytest.raises(ConfigError, match="METRIC=REL"):
        parse_goal(text)


def test_a_goal_may_name_a_statistic():
    assert parse_goal("injected.p95=0.1") == Goal("injected", "p95", 0.1)


def same_files(one, other):
    names = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    same = {name for name in names if filecmp.cmp(one / name, other / name, shallow=False)}
    return {str(name) for name in names} - {str(name) for name in same}


def test_what_is_kept_is_the_run_of_so_many_paths_byte_for_byte(tmp_path, monkeypatch):
    rows, found = stress_until(REQUEST, tmp_path / "until", GOAL, "equal", 2, layout=LAYOUT)
    n = found.looks[-1].n_paths
    assert found.is_met
    assert 48 < n < 432
    monkeypatch.setattr(store, "layout_of", lambda terms: LAYOUT)
    plain = stress(REQUEST.of_paths(n), tmp_path / "plain", 1)
    assert rows == plain
    # timings alone, the lock of each, and notes of blocks, which name the run that they were made for
    notes = {f"journal/{note.name}" for note in (tmp_path / "plain" / "journal").glob("block-*.json")}
    assert same_files(tmp_path / "until", tmp_path / "plain") <= {"manifest.json", "journal/lock"} | notes


def test_a_run_that_was_stopped_goes_on_and_stops_where_it_would_have(tmp_path, monkeypatch):
    _, whole = stress_until(REQUEST, tmp_path / "whole", GOAL, "equal", 2, layout=LAYOUT)
    halted = store._remove_parts
    monkeypatch.setattr(store, "_remove_parts", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        stress_until(REQUEST, tmp_path / "run", Goal("injected", None, 1e-3), "equal", 1, layout=LAYOUT)
    monkeypatch.setattr(store, "_remove_parts", halted)
    _, found = stress_until(REQUEST, tmp_path / "run", GOAL, "equal", 1, layout=LAYOUT)
    assert found == whole
    assert len(list((tmp_path / "run/paths").glob("*.parquet"))) == found.looks[-1].n_paths // 48


def test_a_goal_out_of_reach_uses_all_paths_and_says_so(tmp_path):
    _, found = stress_until(REQUEST, tmp_path / "run", GOAL._replace(error=1e-4), "late", 1, layout=LAYOUT)
    assert not found.is_met
    assert (len(found.looks), found.looks[-1].n_paths) == (8, 432)
    assert 1.0 < found.factor < 1.946


def test_a_metric_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="did you mean injected"):
        stress_until(REQUEST, tmp_path / "run", Goal("injectd", None, 0.1), "equal", 1, layout=LAYOUT)
