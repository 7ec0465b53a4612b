"""The command that runs many designs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from backstop.cli.app import EXIT_USAGE, fail, resumable
from backstop.cli.options import ArmName, ConfigFile, Json, Quiet
from backstop.cli.settings import Settings, Without

if TYPE_CHECKING:
    from backstop.answers.sweeping.sweep import Answer

DEFAULT_OBJECTIVES = ("technology_saved_window_end", "cost_a_year")
DEFAULT_DESIGNS = 64


@resumable
def sweep(
    config: ConfigFile,
    *,
    vary: Annotated[list[str], typer.Option("--vary", metavar="KEY=A,B,C|KEY=LOW:HIGH[:N]", help="a key, and "
                                            "what it takes; repeatable; `arm` and `design` by name too")],
    design_kind: Annotated[Literal["grid", "lhs", "sobol", "indices"], typer.Option(
        "--design", help="all values with all, a Latin hypercube, points of Sobol', or what indices need")] = "grid",
    n: Annotated[int, typer.Option("--n", min=2, help="designs of lhs and sobol, points of indices")] = DEFAULT_DESIGNS,
    objective: Annotated[list[str] | None, typer.Option(
        "--objective", metavar="METRIC[=max|min]", help="what designs are judged by; repeatable; without it, "
        "technology kept at windows' ends, and what the pool costs a year")] = None,
    keep: Annotated[list[str] | None, typer.Option("--keep", metavar="METRIC<NUMBER", help="a limit to keep, in "
                                                   "every market model; repeatable")] = None,
    zone: Annotated[list[str] | None, typer.Option("--zone", metavar="METRIC=NUMBER", help="differences of an "
                                                   "objective below it count as none; repeatable")] = None,
    per: Annotated[str | None, typer.Option("--per", metavar="METRIC/METRIC", help="rank by so much of one metric for "
                                            "each unit of another")] = None,
    halving: Annotated[bool, typer.Option("--halving", help="few paths first, then twice as many for those that may be "
                                          "on the frontier")] = False,
    arm: ArmName = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="folder in which a sweep is kept and "
                                             "goes on, with designs.parquet and sweep.json")] = None,
    settings: Annotated[Settings, Without("design")],
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run many designs on the same shocks: which ones nothing beats, and how surely; which keys matter.

    Example: backstop sweep configs/ashare.toml --vary pool.layers.central.size=1e9:90e9:4 --keep 'dry<0.01'
    """
    from backstop.answers.sweeping.factors import parse_factors
    from backstop.answers.sweeping.objectives import parse_limits
    from backstop.answers.sweeping.plans import plan
    from backstop.answers.sweeping.sweep import Question
    from backstop.answers.sweeping.sweep import sweep as swept
    from backstop.answers.sweeping.table import as_json
    from backstop.config.text.load import load_config
    from backstop.report.progress import progress
    from backstop.report.sweep import print_sweep
    from backstop.report.terminal import print_json

    if halving and design_kind == "indices":
        fail("--halving: indices need every design on all paths; leave one of the two out", EXIT_USAGE)
    seed = load_config(config, settings.overrides).run.seed
    factors = parse_factors(vary, config)
    question = Question(config, tuple(settings.overrides), arm, tuple(factors), plan(design_kind, factors, n, seed),
                        tuple(objective or DEFAULT_OBJECTIVES), tuple(parse_limits(keep or [])), _zones(zone or []),
                        _per(per), halving)
    with progress(quiet) as on_progress:
        answer = swept(question, out, settings.n_threads, on_progress)
    if out is not None:
        _write(answer, out)
    if json:
        print_json(as_json(answer))
    else:
        print_sweep(answer)


def _zones(texts: list[str]) -> dict[str, float]:
    zones = {}
    for text in texts:
        metric, _, number = text.partition("=")
        try:
            zones[metric] = float(number)
        except ValueError:
            fail(f"--zone {text}: write METRIC=NUMBER, such as cost_a_year=1e8", EXIT_USAGE)
    return zones


def _per(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    one, slash, other = text.partition("/")
    if not (one and slash and other):
        fail(f"--per {text}: write METRIC/METRIC, such as technology_saved_window_end/cost_a_year", EXIT_USAGE)
    return one, other


def _write(answer: "Answer", out: Path) -> None:
    from backstop.answers.sweeping.table import as_json, designs_table
    from backstop.runs.files import write_whole
    from backstop.runs.journal import to_json
    from backstop.runs.store import table_bytes

    write_whole(out / "designs.parquet", table_bytes(designs_table(answer)))
    write_whole(out / "sweep.json", to_json(as_json(answer)))
