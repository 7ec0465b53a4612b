"""From nothing to a memo: docs/tutorial.md."""

import json
from pathlib import Path
from typing import Any

from backstop.report.amounts import amount, percent
from docs.figures.screens import screen
from docs.figures.workshop import Summary, Workshop

TEMPLATE = Path(__file__).with_name("memo.md")
CONFIG = "study/ashare.toml"
ARMS = """[[arms]]
name = "same-day"                       # cash on the day of the claim
facilities = ["compensation-fund"]
overrides = { "facilities.compensation-fund.advance.cash_lag_days" = 0 }

[[arms]]
name = "twice-the-cap"                  # 10 % of NAV instead of 5 %
facilities = ["compensation-fund"]
overrides = { "facilities.compensation-fund.advance.fund_cap_frac" = 0.10 }

[[arms]]
name = "half-the-pool"
facilities = ["compensation-fund"]
overrides = { "pool.layers.central.size" = 15e9 }
"""
RUN = f"backstop run {CONFIG} -o runs/study"
SIZE = f"backstop size {CONFIG} --paths 10000 -o answers/size"
HISTORY = f"backstop history {CONFIG} --paths 200 -o answers/history"
MODELS = f"backstop run {CONFIG} --models egarch,garch,gjr,tarch,fhs -o runs/models"


def check(shop: Workshop) -> str:
    """What the config holds, before arms are added."""
    _begun(shop)
    return _below(f"backstop check {CONFIG}", screen(shop, f"backstop check {CONFIG}"))


def arms(shop: Workshop) -> str:
    """What is added to the config."""
    return f"```toml\n{ARMS}```"


def run(shop: Workshop) -> str:
    """The first screen of the four arms."""
    _with_arms(shop)
    return _below(RUN, screen(shop, RUN, 100))


def size(shop: Workshop) -> str:
    """How large the pool must be."""
    _with_arms(shop)
    return _below(SIZE, screen(shop, SIZE, 120, 34))


def history(shop: Workshop) -> str:
    """When it would have acted."""
    _with_arms(shop)
    return _below(HISTORY, screen(shop, HISTORY, 120, 40))


def models(shop: Workshop) -> str:
    """The range over models."""
    _with_arms(shop)
    return _below(MODELS, screen(shop, MODELS, 100))


def memo(shop: Workshop) -> str:
    """A page for who decides: memo.md, filled in."""
    for make in (run, size, history, models):
        make(shop)
    filled = TEMPLATE.read_text(encoding="utf-8").format(**_of_runs(shop), **_of_size(shop), **_of_history(shop))
    return "\n".join(f"> {line}".rstrip() for line in filled.splitlines())


def _of_runs(shop: Workshop) -> dict[str, str]:
    study, same_day = (Summary(shop.path("runs/study"), arm) for arm in ("fund", "same-day"))
    share = ("window_sales_averted_share", "ratio")
    return {"averted": str(study.found(*share)), "averted_same_day": str(same_day.found(*share)),
            "averted_models": Summary(shop.path("runs/models"), "fund").models(*share),
            "relief": str(study.found("relief", "mean")),
            "kept": str(study.found("technology_saved_window_end", "mean")),
            "forgone": str(study.found("purchases_forgone", "mean")),
            "cost": study.found("cost_a_year", "mean").value,
            "false": study.found("false_activations", "ratio").value}


def _of_size(shop: Workshop) -> dict[str, str]:
    told = _answer(shop, "size")
    given = next(curve for curve in told["curves"] if curve["given"] == "crisis" and not curve["model"])
    upper = given["size_upper"]
    return {"pool": amount(told["size"]), "target": percent(told["question"]["target"]), "size": amount(given["size"]),
            "size_ends": f"{amount(given['size_lower'])} to {amount(upper) if upper else 'more than paths can tell'}"}


def _of_history(shop: Workshop) -> dict[str, str]:
    own = next(burn for burn in _answer(shop, "history")["burn"] if burn["arm"] == "fund")
    return {"fired": str(own["n_fired"]), "episodes": str(own["n_episodes"])}


def _answer(shop: Workshop, name: str) -> Any:
    """What a command of the page left in its folder."""
    return json.loads(shop.path(f"answers/{name}/{name}.json").read_text(encoding="utf-8"))


def _begun(shop: Workshop) -> None:
    shop.said("backstop init study")


def _with_arms(shop: Workshop) -> None:
    """The config with the arms of the page, whatever was made before."""
    check(shop)
    file = shop.path(CONFIG)
    text = file.read_text(encoding="utf-8")
    if ARMS not in text:
        file.write_text(f"{text}\n{ARMS}", encoding="utf-8")


def _below(command: str, shown: str) -> str:
    return f"    {command}\n\n{shown}"
