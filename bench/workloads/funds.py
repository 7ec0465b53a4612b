"""Ten assets, twenty funds, one facility, 252 days: time a fund-day, what each rule costs, how time grows."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from backstop.runs.tiles import layout_of
from backstop.terms import Floats, RunTerms
from bench.engine_runs import ArmRun, engine_run, facility_arms, n_fund_days, seam_of
from bench.figures import OURS, Figure, compared
from bench.market_runs import SEED
from bench.options import Options
from bench.peers import cpp_arm, external, numpy_arm
from bench.report import count
from bench.scaling import exponent_figure
from bench.stage_clock import STAGES, count_cycles
from bench.studies import INVESTORS, Size, study_terms
from bench.timing import Sampler, alternate, nanoseconds, together

UNIT = "ns a (path, day, fund)"
NONE, FACILITY = 0, 1
CPP = "C++, the same model"
NUMPY_PATHS = 528
"""A block that is quickest in numpy: fewer paths leave the time to Python, more leave the caches."""

LEVERED: dict[str, Any] = {"debt_frac": 0.3, "rule": "threshold", "cap": 1.4, "target": 1.3}

RULES: dict[str, dict[str, Any]] = {
    "no evaluation": {"evaluation": None},
    "no redemptions": {"investors": []},
    "no impact": {"impact": None},
    "square-root impact": {"impact": {"law": "power", "exponent": 0.5, "kappa": 1.0, "half_life_days": 5.0,
                                      "permanent_frac": 0.2}},
    "price limits": {"price_limit_frac": 0.1},
    "sales that settle a day later": {"settlement_days": 1},
    "waterfall": {"liquidation": {"rule": "waterfall", "order": [f"asset{j}" for j in range(Size().assets)],
                                  "participation_frac": 0.2}},
    "leverage": {"leverage": LEVERED},
    "leverage, 4 rounds a day": {"leverage": LEVERED, "rounds": 4},
    "margin calls": {"leverage": {"debt_frac": 0.3, "haircut_rise": 1.0,
                                  "haircut_frac": {f"asset{j}": 0.5 for j in range(Size().assets)}}},
    "new money": {"investors": [INVESTORS | {"bull_slope_per_day": 0.01}]},
    "gates": {"gate_per_day_frac": 0.01},
    "swing prices": {"swing": {"threshold_frac": 0.002, "factor_frac": 0.02}},
}
"""Changes to the base, each to a study of its own."""


def figures(options: Options) -> Iterator[Figure]:
    """The arm beside numpy, the whole run beside external programs, the rules, the exponents."""
    terms = study_terms(Size())
    for threads in options.threads:
        yield from arm_figures(options, terms, threads)
        yield from run_figures(options, terms, threads)
    yield from agreement_figures(options, terms)
    yield from stage_figures(options, terms)
    yield from rule_figures(options, terms)
    yield from exponents(options)


def arm_figures(options: Options, terms: RunTerms, threads: int) -> Iterator[Figure]:
    """The arm with a facility, on seams that are there already; numpy has one thread whatever is asked for."""
    arm, lanes = terms.arms[FACILITY], layout_of(terms).lanes
    ours = [ArmRun(arm, seam_of(terms, lanes)) for _ in range(threads)]
    peer = numpy_arm.NumpyArm(arm, seam_of(terms, options.size(NUMPY_PATHS, 64)))
    contenders = {OURS: nanoseconds(together(ours), threads * ours[0].n_fund_days, threads),
                  "numpy": nanoseconds(peer, peer.n_fund_days)}
    if threads == 1 and cpp_arm.is_possible():
        contenders[CPP] = cpp_arm.CppArm(arm, seam_of(terms, cpp_arm.whole_tiles(lanes)))
    yield from compared("funds", f"arm alone, {count(threads, 'thread')}", UNIT, alternate(contenders, options.reps))


def agreement_figures(options: Options, terms: RunTerms) -> Iterator[Figure]:
    """Paths on which kernels and a peer differ in some outcome by more than rounding."""
    peers = {"numpy": numpy_arm.agreement_on}
    if cpp_arm.is_possible():
        peers["C++"] = cpp_arm.agreement_on
    for name, agreement_on in peers.items():
        found = agreement_on(terms.arms[FACILITY], seam_of(terms, options.size(NUMPY_PATHS, 64)))
        case = f"agreement of every outcome with {name}, {found.n_paths} paths"
        yield Figure("funds", case, OURS, "paths that differ", (float(len(found.differing)),))


def run_figures(options: Options, terms: RunTerms, threads: int) -> Iterator[Figure]:
    """Market and the arm with a facility, as a run does them."""
    n_paths, run = options.size(5_000, 300), facility_arms(terms, 1)
    work = engine_run(run, n_paths, threads)
    values = {"paths": n_paths, "days": run.n_days, "threads": threads, "seed": SEED, "law": "student-t", "dist": "t"}
    contenders = {OURS: nanoseconds(work, n_fund_days(run, n_paths), threads),
                  **dict(external.samplers(options.peers, "ns_per_path_day_fund", values))}
    case = f"market and arm, {count(threads, 'thread')}"
    yield from compared("funds", case, UNIT, alternate(contenders, options.reps))


def rule_figures(options: Options, terms: RunTerms) -> Iterator[Figure]:
    """What each rule costs: the base beside studies that differ in one rule, on the same market."""
    seam = seam_of(terms, layout_of(terms).lanes)
    arms = {OURS: terms.arms[FACILITY], "no facility": terms.arms[NONE]}
    arms |= {name: study_terms(Size(), changes).arms[FACILITY] for name, changes in RULES.items()}
    runs = {name: ArmRun(arm, seam) for name, arm in arms.items()}
    samples = alternate({name: nanoseconds(run, run.n_fund_days) for name, run in runs.items()}, options.reps)
    yield from compared("funds", "rules, arm alone, 1 thread", UNIT, samples)


def stage_figures(options: Options, terms: RunTerms) -> Iterator[Figure]:
    """Shares of the stages of an arm's day; of a few runs, the least cycles of each call."""
    run = ArmRun(terms.arms[FACILITY], seam_of(terms, layout_of(terms).lanes))

    def cycles() -> Floats:
        run.open()
        return count_cycles(run.terms, run.state, run.seam).astype(np.float64)

    cycles()
    totals = [np.minimum(cycles(), cycles()).sum(axis=0) for _ in range(options.reps)]
    shares = np.array([total / total.sum() for total in totals])
    for stage, samples in zip(STAGES, shares.T, strict=True):
        yield Figure("funds", f"stage {stage}", OURS, "share of an arm's day", tuple(samples.tolist()))


def exponents(options: Options) -> Iterator[Figure]:
    """CPU time a path, in tiles of the size that a run takes."""
    axes: dict[str, tuple[list[int], Callable[[int], RunTerms]]] = {
        "funds": ([5, 10, 20, 40, 80], lambda n: study_terms(Size(funds=n))),
        "assets": ([5, 10, 20, 40], lambda n: study_terms(Size(assets=n))),
        "days": ([63, 126, 252, 504], lambda n: study_terms(Size(days=n))),
    }
    for axis, (sizes, terms) in axes.items():
        taken = sizes[: options.size(len(sizes), 2)]
        samplers = {n: _arm_sampler(terms(n)) for n in taken}
        yield exponent_figure("funds", f"time grows with {axis}, {taken[0]} to {taken[-1]}", samplers, options.reps)
    yield _arms_exponent(options)


def _arm_sampler(terms: RunTerms) -> Sampler:
    run = ArmRun(terms.arms[FACILITY], seam_of(terms, layout_of(terms).lanes))
    return nanoseconds(run, run.lanes)


def _arms_exponent(options: Options) -> Figure:
    """Whole runs: the market is there once, however many arms."""
    taken, n_paths = [1, 2, 4][: options.size(3, 2)], options.size(2_000, 300)
    terms = study_terms(Size(arms=taken[-1]))
    samplers = {n: nanoseconds(engine_run(facility_arms(terms, n), n_paths, 1), 1) for n in taken}
    return exponent_figure("funds", f"time of a run grows with arms, 1 to {taken[-1]}", samplers, options.reps)
