"""Rare falls of a price: splitting against the law of a random walk, watched once a day, by quadrature."""

import numpy as np
import pytest
from scipy import stats

from backstop.answers.rare.mixing import Mixer
from backstop.answers.rare.scores import scores_of
from backstop.answers.rare.splitting import Event, Splitter
from backstop.answers.sweeping.objectives import parse_limits
from backstop.runs.request import RunRequest
from backstop.validation.worlds import asset, constant, fund, student_t, terms_of

DAYS, NU = 60, 4.3
STEP = 0.25 / np.sqrt(250)
NODES = 600
LAWS = {"normal": stats.norm(scale=STEP), "student-t": stats.t(NU, scale=STEP * np.sqrt((NU - 2.0) / NU))}


def fall_probability(law, depth):
    """P(log price `depth` below the start at some close): what leaves (-infinity, depth) each day, added up."""
    x, weight = np.polynomial.legendre.leggauss(NODES)
    low = -10.0 * STEP * np.sqrt(DAYS)
    half = 0.5 * (depth - low)
    y, weight = low + half * (x + 1.0), half * weight
    move, density, left = law.pdf(y[:, None] - y) * weight, law.pdf(y), law.sf(depth)
    for _ in range(DAYS - 1):
        left += weight @ (density * law.sf(depth - y))
        density = move @ density
    return left


def asked(name, price):
    """A request and an event."""
    law = student_t(NU) if name == "student-t" else {"distribution": "normal"}
    terms = terms_of([asset("a", constant(STEP**2), law)], DAYS, holder=fund({"a": 1.0}))
    (event,) = parse_limits([f"market_trough_a<{price}"])
    return RunRequest(terms, seed=3, n_paths=1), Event("none", event)


def found_by_splitting(name, price, n):
    """Twenty repetitions."""
    request, event = asked(name, price)
    splitter = Splitter(request, event, scores_of(request.terms, 0)[0], 1, 0)
    return splitter.repeat(splitter.levels(1000), 20, n)


@pytest.mark.parametrize(("name", "price", "magnitude"), [
    ("normal", 0.76, 1e-2), ("normal", 0.68, 1e-3), ("normal", 0.60, 1e-5), ("student-t", 0.74, 1e-2),
    ("student-t", 0.66, 1e-3), ("student-t", 0.60, 1e-4)])
def test_rare_falls_are_as_likely_as_the_walk_has_them(name, price, magnitude):
    true = fall_probability(LAWS[name], -np.log(price))
    assert 0.5 < true / magnitude < 3.0
    found = found_by_splitting(name, price, 200)
    error = found.estimates.std(ddof=1) / np.sqrt(20)
    assert abs(found.estimates.mean() - true) <= 4.0 * error
    assert error < 0.7 * true
    assert found.total == pytest.approx(np.ones(20), abs=1e-9)


@pytest.mark.parametrize(("price", "gain"), [(0.74, 0.8), (0.66, 3.0), (0.60, 12.0), (0.55, 30.0)])
def test_one_worse_day_has_the_chance_of_the_walk_for_fewer_paths_of_students_t(price, gain):
    true = fall_probability(LAWS["student-t"], -np.log(price))
    mixer = Mixer(*asked("student-t", price), 1, 0)
    found = mixer.repeat(mixer.mixture(2000), 20, 300).found
    variance = found.estimates.var(ddof=1)
    assert abs(found.estimates.mean() - true) <= 4.0 * np.sqrt(variance / 20)
    assert found.total.mean() == pytest.approx(1.0, abs=0.1)
    # crude variance of as many paths; twenty repetitions know the ratio to a third
    assert true * (1.0 - true) / 300 / variance > gain
