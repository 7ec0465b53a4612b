"""What the first screen says beside "but"."""

from types import SimpleNamespace

import pytest

from backstop.answers.summary import Row
from backstop.report.language.catalogue import texts_in
from backstop.report.screen.margin import margin
from backstop.report.screen.told import Told

FUNDS = SimpleNamespace(count=SimpleNamespace(tolist=lambda: [1.0]))
TERMS = SimpleNamespace(names=SimpleNamespace(arms=["none", "fund"], funds=["a"], layers=[]),
                        arms=[SimpleNamespace(funds=FUNDS)] * 2, n_days=60, mixture=SimpleNamespace(models=()))


def mean(metric, estimate, lower, upper):
    return Row("fund", None, metric, "currency", "mean", estimate, lower, upper, "none", "facility", estimate, lower,
               upper, None, 400, None, None, None, None, None)


def said(*rows, language="en"):
    told = Told("a", "runs/a", "a.toml", rows, SimpleNamespace(terms=TERMS, n_paths=400), {}, texts_in(language))
    return dict(margin(told)).get("but")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_purchases_that_are_surely_forgone_stand_on_the_screen(language):
    found = said(mean("purchases_forgone", 9.6e9, 9.3e9, 9.9e9), language=language)
    assert {"en": "also buy 9.60bn", "zh": "少买入"}[language] in found.replace("\xa0", " ")


@pytest.mark.parametrize(("estimate", "lower", "upper"), [(1e9, -1e8, 2e9), (-1e9, -2e9, -5e8), (0.0, 0.0, 0.0)])
def test_purchases_that_are_not_surely_forgone_are_left_out(estimate, lower, upper):
    assert said(mean("purchases_forgone", estimate, lower, upper)) is None


def test_relief_below_0_stands_beside_what_windows_avert_with_the_horizon():
    found = said(mean("window_sales_averted", 2e9, 1e9, 3e9), mean("relief", -1e9, -2e9, -5e8))
    assert "2.00bn" in found
    assert "-1.00bn relief by day 60" in found


def test_both_stand_on_one_line_apart():
    found = said(mean("purchases_forgone", 9.6e9, 9.3e9, 9.9e9), mean("window_sales_averted", 2e9, 1e9, 3e9),
                 mean("relief", -1e9, -2e9, -5e8))
    assert found.count("; ") == 1


def paid(fund, amount):
    return mean("injected", amount, amount, amount)._replace(fund=fund)


@pytest.mark.parametrize(("n_funds", "ends"), [(3, "c 16.7 %"), (4, "c 25.0 %, 1 more")])
def test_the_three_that_draw_most_are_named_and_the_others_counted(n_funds, ends):
    names, amounts = list("abcd")[:n_funds], [3e9, 2e9, 1e9 if n_funds == 3 else 2e9, 1e9][:n_funds]
    funds = SimpleNamespace(count=SimpleNamespace(tolist=lambda: [1.0] * n_funds))
    terms = SimpleNamespace(**vars(TERMS) | {"arms": [SimpleNamespace(funds=funds)] * 2, "names": SimpleNamespace(
        arms=["none", "fund"], funds=names, layers=[])})
    rows = [paid(name, amount) for name, amount in zip(names, amounts, strict=True)]
    told = Told("a", "runs/a", "a.toml", rows, SimpleNamespace(terms=terms, n_paths=400), {}, texts_in("en"))
    who = dict(margin(told))["who"].replace("\xa0", " ")
    assert ends in " ".join(who.split())
    assert "d " not in who.replace("and ", "")


def losing(*layers):
    """Who bears a loss that comes on a tenth of paths, by `layers` of the pool that bear some."""
    names = SimpleNamespace(arms=["none", "fund"], funds=[], layers=["first", "last"])
    arms = [SimpleNamespace(funds=SimpleNamespace(count=SimpleNamespace(tolist=list)))] * 2
    terms = SimpleNamespace(**vars(TERMS) | {"names": names, "arms": arms})
    chance = mean("has_loss", 0.1, 0.08, 0.12)._replace(statistic="prob", unit="bool")
    rows = [chance, *(mean(f"loss_{layer}", 1e9, 9e8, 1.1e9) for layer in layers)]
    told = Told("a", "runs/a", "a.toml", rows, SimpleNamespace(terms=terms, n_paths=400), {}, texts_in("en"))
    return dict(margin(told))["who"].replace("\xa0", " ")


def test_a_loss_is_told_with_the_layers_that_bear_it_or_as_made_good():
    assert losing("last", "taxpayer").endswith("mean a path last 1.00bn, taxpayer 1.00bn")
    assert losing().endswith("made good by its income")
