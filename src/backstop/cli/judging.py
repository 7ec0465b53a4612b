"""Commands that judge a design: the quality of its triggers."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstop.cli.app import command
from backstop.cli.options import ConfigFile, Design, Json, Market, Paths, Quiet, Seed, Set, Threads
from backstop.cli.sources import assembled, overrides_of, threads_of

if TYPE_CHECKING:
    from backstop.run.assemble import Assembled

ArmName = Annotated[str | None, typer.Option("--arm", metavar="NAME", help="the design; without it, the first arm")]


@command
def quality(
    config: ConfigFile,
    sweep: Annotated[list[str] | None, typer.Option("--sweep", metavar="KEY=LOW:HIGH:N", help="judge one design with N "
                                                    "values of this key; several keys move together")] = None,
    arm: ArmName = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="parquet file to write")] = None,
    paths: Paths = None,
    seed: Seed = None,
    threads: Threads = None,
    sets: Set = None,
    market: Market = None,
    design: Design = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Judge triggers: false alarms, misses, who got the money; the curve over a threshold."""
    from backstop.answers.thresholds import judge, quality_table
    from backstop.report.progress import progress
    from backstop.report.quality import print_quality
    from backstop.report.terminal import print_json
    from backstop.run.files import write_whole
    from backstop.run.store import table_bytes

    found, given = _swept(assembled(config, overrides_of(paths, seed, sets, market, design)), arm, sweep or [])
    with progress(quiet) as on_progress:
        answer = judge(found.request, given, threads_of(threads), on_progress)
    if out is not None:
        write_whole(out, table_bytes(quality_table(answer.figures)))
    if json:
        area = None if answer.area is None else answer.area._asdict()
        print_json({"figures": [figure._asdict() for figure in answer.figures], "area": area})
    else:
        print_quality(answer)


def _swept(found: "Assembled", arm: str | None, texts: Sequence[str]
           ) -> "tuple[Assembled, dict[str, dict[str, float]]]":
    """The run with an arm for each step of the sweeps, and what each of them has been given; else its own arms."""
    from backstop.config.sweeps import design_of, parse_sweep, swept_arms
    from backstop.run.assemble import rearmed

    if not texts:
        design_of(found.config, arm)
        return found, {}
    sweeps = [parse_sweep(text) for text in texts]
    arms = swept_arms(design_of(found.config, arm), sweeps)
    given = {one.name: {sweep.key: one.overrides[sweep.key] for sweep in sweeps} for one in arms}
    return rearmed(found, arms), given
