"""What ``backstop hazard`` prints: the risk that managers choose, what cover is worth, and gaming cases."""

from collections.abc import Callable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.gaming import Case
from backstop.answers.hazard import Assumptions, Choice, Hazard, Response
from backstop.answers.pricing import Price
from backstop.report.amounts import amount, percent
from backstop.report.terminal import console

_PRICES: tuple[tuple[str, str], ...] = (
    ("expected_loss", "expected loss of the pool, a year"), ("fair_premium", "fair premium, bp a year of covered NAV"),
    ("premium_charged", "premium charged, bp"), ("interest", "interest paid by funds, a year"),
    ("implied_subsidy", "implied subsidy, a year"), ("cost", "cost with funding, income and marks, a year"),
    ("budget_cost", "cost of the run, discounted at the cash rate"),
    ("risk_adjusted_cost", "cost of the run at the price of risk"),
    ("risk_adjusted_premium", "fair premium at the price of risk, bp"),
)


def print_hazard(found: Hazard, given: Assumptions, currency: str) -> None:
    """Choices, responses, prices."""
    out = console()
    out.print(Text(f"{found.arm}: risk that managers take with and without cover", style="bold"))
    out.print(Text(f"A manager gets max(return of NAV per share a year - {given.hurdle:g}, 0), less {given.penalty:g} "
                   "where the fund fails or its score falls below the floor: our assumption. Each group answers alone, "
                   "the others as they are."), style="dim")
    for response in found.responses:
        out.print(_choices(response, [c for c in found.choices if c.funds == response.funds]))
    out.print(_prices(found, currency))
    out.print(Text(f"what the response to cover adds to the pool's expected loss, a year: "
                   f"{_money(found.loss_of_response)}"))
    out.print(Text(_price_of_risk(list(found.prices.values()), given)), style="dim")


def _price_of_risk(prices: Sequence[Price], given: Assumptions) -> str:
    rates = ", ".join("-" if p.risk_adjusted_rate is None else percent(p.risk_adjusted_rate) for p in prices)
    return (f"Price of risk: risk aversion {given.risk_aversion:g}, an equity premium of "
            f"{percent(prices[0].equity_premium)} a year; the loss discounts at {rates} a year. What funding the "
            "pool's money costs is in the cost a year alone, by funding_rate_ann_frac of its layers.")


def _choices(response: Response, choices: Sequence[Choice]) -> Table:
    """A line a multiplier; the best ones marked, with what the bootstrap allows."""
    title = (f"{response.funds}: best {_factor(response.alone)} without cover, {_factor(response.covered)} with; "
             f"cover adds {_factor(response.shift)}")
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("risk times", "payoff, %, without cover", "with cover", "bad end, %, without cover", "with cover"):
        table.add_column(head, justify="right")
    for alone, covered in zip(choices[::2], choices[1::2], strict=True):
        marks = (alone.multiplier == response.alone.value, covered.multiplier == response.covered.value)
        payoffs = [f"{'> ' if is_best else ''}{_share(choice.payoff)}"
                   for is_best, choice in zip(marks, (alone, covered), strict=True)]
        table.add_row(f"{alone.multiplier:g}", *payoffs, _share(alone.bad_end), _share(covered.bad_end))
    return table


def _prices(found: Hazard, currency: str) -> Table:
    title = f"What cover costs, by what the covered funds do; amounts in {currency}, 95 % intervals"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("", *found.prices):
        table.add_column(head, justify="right" if head else "left")
    for field, label in _PRICES:
        show = _points if label.endswith("bp") or "bp a year" in label else _money
        table.add_row(label, *(show(getattr(price, field)) for price in found.prices.values()))
    return table


def print_gaming(cases: Sequence[Case]) -> None:
    """Pass or fail, with the figures behind it."""
    out = console()
    out.print(Text("Gaming cases: closed evaluations of the terms, the gamer given the best of all that is open",
                   style="bold"))
    for case in cases:
        earned = "nothing to try" if case.earns is None else f"{case.earns:+.3f} per unit of {case.stake}"
        verdict = "pass  " if case.passes else "FAIL  "
        out.print(Text.assemble((verdict, "bold"), f"{case.facility}: {case.name}: {earned}"))
        out.print(Text(f"      {case.does}; {case.because}"), style="dim", soft_wrap=True)


def _ends(estimate: Estimate, show: Callable[[float], str]) -> str:
    star = " *" if estimate.note else ""
    if estimate.lower is None or estimate.upper is None:
        return show(estimate.value) + star
    return f"{show(estimate.value)}{star} [{show(estimate.lower)}, {show(estimate.upper)}]"


def _money(estimate: Estimate) -> str:
    return _ends(estimate, amount)


def _points(estimate: Estimate) -> str:
    """Basis points."""
    return _ends(estimate, lambda value: f"{1e4 * value:.3g}")


def _share(estimate: Estimate) -> str:
    """Per cent."""
    return _ends(estimate, lambda value: f"{100.0 * value:.3g}")


def _factor(estimate: Estimate) -> str:
    return _ends(estimate, lambda value: f"{value:g}")
