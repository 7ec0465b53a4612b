"""Figures of docs/speed.md: what the machine that makes them measures."""

from collections.abc import Mapping

from bench import controls
from bench.figures import OURS, Figure
from bench.instructions.callgrind import Counts
from bench.instructions.counted import counted
from bench.instructions.work import ARM, MARKET
from bench.machine import cpu_model, vector_bits
from bench.options import Options
from bench.report import number, times
from bench.studies import Size, study_terms
from bench.workloads.funds import arm_figures, stage_figures
from docs.figures.pages import table
from docs.figures.workshop import Workshop

REPS = 7
LEAST_SHARE = 0.03
"""Of a day: stages below it are one line."""
WORKS = {ARM: "an arm's day, a (path, day, fund)", MARKET: "GARCH(1,1), Student-t, a (path, day)"}


def counts(shop: Workshop) -> str:
    """Instructions, loads, stores and misses, ours and those of C++."""
    heads = ("", "who", *(name if name != "misses" else "misses of a first cache of 32 KiB" for name in Counts._fields))
    rows = [(WORKS[work], who, *(f"{n:.1f}" for n in found)) for work, of_contenders in counted().items()
            for who, found in of_contenders.items()]
    return table(heads, rows)


def day(shop: Workshop) -> str:
    """The arm beside its peers on one thread, and the shares of its stages."""
    options, terms = Options(False, (1,), REPS), study_terms(Size())
    head = f"On an {cpu_model()} with vectors of {vector_bits()} bits, medians of {REPS} rounds in turn:"
    rows = [(figure.who, number(figure.median), "" if figure.who == OURS else times(_ours_over(figure)))
            for figure in arm_figures(options, terms, 1)]
    stages = {figure.case.removeprefix("stage "): figure.median for figure in stage_figures(options, terms)}
    timed = table(("", "ns a (path, day, fund)", "backstop over it"), rows)
    return f"{head}\n\n{timed}\n\nBy stage: {_shares(stages)}."


def gains(shop: Workshop) -> str:
    """What controls and antithetic paths would save."""
    return controls.table(controls.gains())


def _ours_over(figure: Figure) -> float:
    ratios = sorted(figure.ratios)
    return ratios[len(ratios) // 2]


def _shares(stages: Mapping[str, float]) -> str:
    large = sorted(((share, name) for name, share in stages.items() if share >= LEAST_SHARE), reverse=True)
    rest = 1.0 - sum(share for share, _ in large)
    named = [f"`{name}` {share:.0%}" for share, name in large]
    return ", ".join([*named, f"{len(stages) - len(large)} others {rest:.0%}"])
