"""The command that runs many designs."""

from typing import Annotated, Literal

import typer

from backstop.cli.app import resumable
from backstop.cli.groups import Without
from backstop.cli.options import ArmName, ConfigFile, Json, Kept, Quiet
from backstop.cli.settings import Settings

Vary = Annotated[list[str], typer.Option(
    "--vary", metavar="KEY=A,B,C|KEY=LOW:HIGH[:N]", help="a key, and what it takes; repeatable; `arm` and `design` by "
    "name too")]
DesignKind = Annotated[Literal["grid", "lhs", "sobol", "indices"], typer.Option(
    "--design", help="all values with all, a Latin hypercube, points of Sobol', or what indices need")]
Number = Annotated[int, typer.Option("--n", min=2, help="designs of lhs and sobol, points of indices")]
Objective = Annotated[list[str] | None, typer.Option(
    "--objective", metavar="METRIC[=max|min]", help="what designs are judged by; repeatable; without it, technology "
    "kept at windows' ends, and what the pool costs a year")]
Keep = Annotated[list[str] | None, typer.Option(
    "--keep", metavar="METRIC<NUMBER", help="a limit to keep, in every market model; repeatable")]
Zone = Annotated[list[str] | None, typer.Option(
    "--zone", metavar="METRIC=NUMBER", help="differences of an objective below it count as none; repeatable")]
Per = Annotated[str | None, typer.Option(
    "--per", metavar="METRIC/METRIC", help="rank by so much of one metric for each unit of another")]
Halving = Annotated[bool, typer.Option(
    "--halving", help="few paths first, then twice as many for those that may be on the frontier")]


@resumable
def sweep(
    config: ConfigFile,
    *,
    vary: Vary,
    design_kind: DesignKind = "grid",
    n: Number = 64,
    objective: Objective = None,
    keep: Keep = None,
    zone: Zone = None,
    per: Per = None,
    halving: Halving = False,
    arm: ArmName = None,
    out: Kept = None,
    settings: Annotated[Settings, Without("design")],
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run many designs on the same shocks: which ones nothing beats, and how surely; which keys matter.

    Example: backstop sweep configs/ashare.toml --vary pool.layers.central.size=1e9:90e9:4 --keep 'dry<0.01'
    """
    from backstop.answers.sweeping.asking import Designs, Wanted, question_of
    from backstop.answers.sweeping.sweep import sweep as swept
    from backstop.answers.sweeping.table import as_json, write_sweep
    from backstop.config.text.toml_files import read_config
    from backstop.report.progress import progress
    from backstop.report.sweep import print_sweep
    from backstop.report.terminal import print_json

    wanted = Wanted(objective or (), keep or (), zone or (), per, halving)
    question = question_of(read_config(config), settings.overrides, arm, Designs(vary, design_kind, n), wanted)
    with progress(quiet) as on_progress:
        answer = swept(question, out, settings.n_threads, on_progress)
    if out is not None:
        write_sweep(answer, out)
    if json:
        print_json(as_json(answer))
    else:
        print_sweep(answer)
