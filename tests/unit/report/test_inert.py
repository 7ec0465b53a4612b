"""Terms that never bound a claim are named, and those alone."""

from backstop.answers.summary import Row
from backstop.report.inert import inert_terms
from small_arm import small_arm


def row(metric, estimate, arm="fund"):
    return Row(arm, None, metric, "currency", "mean", estimate, None, None, "none", "facility", None, None, None, None,
               400, None, None, None, None, None)


def cuts(**given):
    names = ("coverage", "collateral", "fund_cap", "covenant", "take_up", "solvency", "sponsor", "facility", "pool")
    return [row(f"cut_{name}", given.get(name, 0.0)) for name in names]


def test_what_an_arm_has_and_never_bound_is_named():
    said = inert_terms([row("need", 5.0), *cuts(fund_cap=2.0)], "fund", small_arm(n_facilities=1))
    assert said == "Never bound a claim of fund here: coverage and deductible, haircuts, the money of the pool"


def test_terms_that_the_arm_does_not_have_are_not_named():
    arm = small_arm(n_facilities=1, covenants={"exposure_cap": 0.9}, rationing={"sponsor_cap": 1e5})
    said = inert_terms([row("need", 5.0), *cuts(coverage=1.0, collateral=1.0, fund_cap=1.0, pool=1.0)], "fund", arm)
    assert said == "Never bound a claim of fund here: the exposure cap, the caps of sponsors"


def test_where_nothing_was_needed_or_all_bind_nothing_is_said():
    arm = small_arm(n_facilities=1)
    assert inert_terms([row("need", 0.0), *cuts()], "fund", arm) is None
    bound = [row("need", 5.0), *cuts(coverage=1.0, collateral=1.0, fund_cap=1.0, pool=1.0)]
    assert inert_terms(bound, "fund", arm) is None
