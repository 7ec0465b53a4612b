"""Commands that judge a design: the quality of its triggers, and its moral hazard."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstop.cli.app import command
from backstop.cli.engines import Engines
from backstop.cli.options import ArmName, ConfigFile, Json, Quiet
from backstop.cli.settings import Settings
from backstop.cli.sources import assembled

if TYPE_CHECKING:
    from backstop.answers.gaming import Case
    from backstop.answers.hazard import Assumptions, Hazard
    from backstop.runs.assemble import Assembled

Out = Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="parquet file for the table")]


@command
def quality(
    config: ConfigFile,
    sweep: Annotated[list[str] | None, typer.Option("--sweep", metavar="KEY=LOW:HIGH:N", help="judge one design with N "
                                                    "values of this key, as facilities.compensation-fund."
                                                    "system_key.entry.all.0.at_least=0.15:0.35:5; several keys move "
                                                    "together")] = None,
    arm: ArmName = None,
    out: Out = None,
    *,
    settings: Settings,
    engines: Engines,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Judge triggers: false alarms, misses, who got the money; the curve over a threshold.

    Example: backstop quality configs/ashare.toml --paths 1000
    """
    from backstop.answers.thresholds import judge, quality_table
    from backstop.report.progress import progress
    from backstop.report.quality import print_quality
    from backstop.report.terminal import print_json
    from backstop.runs.files import PARQUET, check_replaceable, write_whole
    from backstop.runs.store import table_bytes

    if out is not None:
        check_replaceable(out, PARQUET)
    found, given = _swept(assembled(config, settings.overrides), arm, sweep or [])
    with engines.workers(settings.n_threads) as workers, progress(quiet) as on_progress:
        answer = judge(found.request, given, workers, on_progress)
    if out is not None:
        write_whole(out, table_bytes(quality_table(answer.figures)))
    if json:
        area = None if answer.area is None else answer.area._asdict()
        print_json({"figures": [figure._asdict() for figure in answer.figures], "area": area,
                    "does_nothing": answer.does_nothing})
    else:
        print_quality(answer)


def _swept(found: "Assembled", arm: str | None, texts: Sequence[str]
           ) -> "tuple[Assembled, dict[str, dict[str, float]]]":
    """The run with an arm for each step of the sweeps, and what each of them has been given; else its own arms."""
    from backstop.config.text.sweeps import design_of, parse_sweep, swept_arms
    from backstop.runs.assemble import rearmed

    if not texts:
        design_of(found.config, arm)
        return found, {}
    sweeps = [parse_sweep(text) for text in texts]
    arms = swept_arms(design_of(found.config, arm), sweeps)
    given = {one.name: {sweep.key: one.overrides[sweep.key] for sweep in sweeps} for one in arms}
    return rearmed(found, arms), given


@command
def hazard(
    config: ConfigFile,
    arm: ArmName = None,
    multipliers: Annotated[str, typer.Option("--multipliers", metavar="LOW:HIGH:N", help="risk that managers may take, "
                                             "times what they hold")] = "0.5:1.5:5",
    hurdle: Annotated[float, typer.Option("--hurdle", help="annual return above which a manager is paid")] = 0.0,
    penalty: Annotated[float, typer.Option("--penalty", min=0.0, help="what losing the job is worth, in annual "
                                           "return")] = 0.1,
    risk_aversion: Annotated[float, typer.Option("--risk-aversion", min=0.0, max=20.0, help="of whoever bears the "
                                                 "pool's losses")] = 1.5,
    out: Out = None,
    *,
    settings: Settings,
    engines: Engines,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Moral hazard of a design: risk taken under cover, fair premium, gaming cases.

    Example: backstop hazard configs/ashare.toml --paths 1000
    """
    from backstop.answers.gaming import Assumptions as GamingAssumptions
    from backstop.answers.gaming import gaming_cases
    from backstop.answers.hazard import Assumptions, choices_table, study_hazard
    from backstop.config.text.sweeps import design_of, parse_sweep
    from backstop.report.hazard import print_gaming, print_hazard
    from backstop.report.progress import progress
    from backstop.runs.files import PARQUET, check_replaceable, write_whole
    from backstop.runs.store import table_bytes

    if out is not None:
        check_replaceable(out, PARQUET)
    found = assembled(config, settings.overrides)
    chosen, grid = design_of(found.config, arm), parse_sweep(f"risk_multiplier={multipliers}").values
    given = Assumptions(hurdle, penalty, risk_aversion)
    with engines.workers(settings.n_threads) as workers, progress(quiet) as on_progress:
        answer = study_hazard(found, chosen, grid, given, workers, on_progress)
    cases = gaming_cases(found.config, chosen, GamingAssumptions())
    if out is not None:
        write_whole(out, table_bytes(choices_table(answer)))
    if json:
        _print_as_json(answer, given, cases)
        return
    print_hazard(answer, given, found.config.money.currency)
    print_gaming(cases)


def _print_as_json(answer: "Hazard", given: "Assumptions", cases: "Sequence[Case]") -> None:
    from backstop.answers.hazard import as_tree
    from backstop.report.terminal import print_json

    games = [case._asdict() | {"passes": case.passes} for case in cases]
    print_json({"hazard": as_tree(answer), "assumptions": given._asdict(), "gaming": games})
