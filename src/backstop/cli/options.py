"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from backstop.cli.places import place, run_place

ConfigFile = Annotated[Path, typer.Argument(metavar="CONFIG", help="a TOML file; `backstop init` writes one")]
ConfigFiles = Annotated[list[Path], typer.Argument(metavar="CONFIG...", help="a TOML file, or several side by side; "
                                                   "`backstop init` writes one")]
RunOrConfig = Annotated[Path, typer.Argument(metavar="RUN_OR_CONFIG", parser=run_place, help="a run directory or its "
                                             "URL, or a config")]
Run = Annotated[Path, typer.Argument(metavar="RUN", parser=run_place, help="a run directory, or its URL")]
Paths = Annotated[int | None, typer.Option("--paths", min=1, help="market paths, instead of the config's")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="random seed, instead of the config's")]
Threads = Annotated[int | None, typer.Option("--threads", min=1, help="threads; without it, all cores")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="set a config key; repeatable")]
Market = Annotated[Path | None, typer.Option("--market", metavar="FILE", help="take the risk of assets from here: what "
                                             "`backstop calibrate` wrote")]
Models = Annotated[str | None, typer.Option("--models", metavar="A,B,...", help="volatility models that groups of "
                                            "paths take in turn, as egarch,garch,gjr,tarch,fhs")]
Design = Annotated[str | None, typer.Option("--design", metavar="NAME", help="facilities and pool after a real one, "
                                             "in place of the config's")]
ArmName = Annotated[str | None, typer.Option("--arm", metavar="NAME", help="the design; without it, the first arm")]
ParquetFile = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="parquet file to write")]
Out = Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR_OR_URL", parser=place, help="run directory, or a "
                                          "URL as s3://bucket/run; without it, one under runs/ named after the run")]
Decompose = Annotated[bool, typer.Option("--decompose", help="also what each channel contributes to the relief: a run "
                                         "more for each set of those at work")]
Blocks = Annotated[str | None, typer.Option("--blocks", metavar="A:B", help="make only blocks A up to B of the run, B "
                                            "left out; `backstop merge` puts it together")]
Shards = Annotated[list[Path], typer.Argument(metavar="DIR_OR_URL...", parser=place, help="where `backstop run "
                                              "--blocks` wrote to: one place that was shared, or several")]
Merged = Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="run directory to bring the blocks to; "
                                             "without it, the place itself where there is one")]
Scratch = Annotated[str | None, typer.Option("--scratch", metavar="DIR_OR_URL", help="of --engine dask: where workers "
                                             "put outcomes for this command, which takes them away")]
Engine = Annotated[Literal["local", "dask"], typer.Option("--engine", help="what makes the blocks: threads of this "
                                                          "command, or workers of Dask")]
Scheduler = Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS", help="of --engine dask, as "
                                               "tcp://host:8786; without it, a worker for each of --threads here")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="estimate time, memory and disk; write nothing")]
Cores = Annotated[int | None, typer.Option("--cores", min=1, help="of --dry-run: also what the run takes on so many "
                                           "cores of a cluster")]
CoreHour = Annotated[float | None, typer.Option("--core-hour", min=0.0, metavar="PRICE", help="of --cores: price of a "
                                                "core for an hour")]
TargetError = Annotated[str | None, typer.Option("--target-error", metavar="METRIC=REL", help="stop once this figure "
                                                 "is known to that relative error; --paths is then the most")]
LooksSpend = Annotated[Literal["equal", "late"], typer.Option("--spending", help="of --target-error: looks share the "
                                                              "5 % equally, or leave most to the last ones")]
Kept = Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="folder for the answer: JSON, and tables "
                                           "as parquet")]
Full = Annotated[bool, typer.Option("--full", help="all figures, arm by arm, instead of one screen")]
Language = Annotated[Literal["en", "zh"], typer.Option("--language", help="of headings, labels and sentences")]
Quiet = Annotated[bool, typer.Option("--quiet", help="neither progress nor table; findings and warnings stay")]
Json = Annotated[bool, typer.Option("--json", help="a machine-readable result on standard output, nothing else there")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="replace what is there")]
