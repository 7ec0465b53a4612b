"""The command that fits models to prices, and how its options say what to fit."""

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from backstop.cli.app import command
from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.options import Json, Quiet

if TYPE_CHECKING:
    from backstop.config.market.section import Oddity
    from backstop.config.market.volatility import LongRun, Start
    from backstop.market.checked_candidates import CheckRequest
    from backstop.market.specification import CalibrationSpec

Prices = Annotated[list[str], typer.Argument(
    metavar="PRICES...", help="CSV, xlsx or parquet files, file#column, or builtin:csi300; asset=file names the asset")]
Out = Annotated[Path | None, typer.Option(
    "-o", "--out", metavar="FILE", help="write a [market], for `backstop run CONFIG --market FILE`")]
Models = Annotated[list[str] | None, typer.Option(
    "--model", help="candidate, repeatable: constant, ewma, garch, gjr, tarch, egarch, aparch, harch")]
Laws = Annotated[list[str] | None, typer.Option(
    "--distribution", help="candidate, repeatable: normal, student-t, skew-t, ged")]
Lags = Annotated[list[str] | None, typer.Option(
    "--lags", metavar="P,Q", help="of shocks and volatility, as 2,1, or P,O,Q with those of the asymmetry; repeatable "
                                  "[default: 1,1]")]
Mean = Literal["constant", "zero"]
Criterion = Literal["bic", "aic", "log_likelihood"]
Dependence = Literal["ccc", "dcc", "adcc", "gaussian-copula", "t-copula"]
Accept = Annotated[list[str] | None, typer.Option(
    "--accept", help="what of the prices is meant, though they would be refused for it, repeatable: spacing, gap, "
                     "jump, weekend, steady")]
Index = Annotated[str | None, typer.Option(
    "--index", metavar="ASSET", help="what market signals read; the first without it")]
Check = Annotated[bool, typer.Option(
    "--check", help="hold each candidate against the history: could its model have made it? Half a minute each")]
Histories = Annotated[int, typer.Option(
    "--histories", metavar="N", min=19, max=9999, help="of --check: simulated histories that each is fitted to anew")]
Key = Annotated[Path | None, typer.Option(
    "--key", metavar="CONFIG", help="of --check: compare the days on which this config's first system key may open")]
MODELS, LAWS = ("garch", "gjr", "egarch", "tarch"), ("student-t", "skew-t")
"""What is tried unless told."""


@command
def calibrate(
    prices: Prices,
    out: Out = None,
    model: Models = None,
    distribution: Laws = None,
    lags: Lags = None,
    mean: Annotated[Mean, typer.Option("--mean", help="whether the mean return is estimated")] = "constant",
    criterion: Annotated[Criterion, typer.Option("--criterion", help="what chooses")] = "bic",
    dependence: Annotated[Dependence | None, typer.Option("--dependence", help="how several move together")] = None,
    index: Index = None,
    accept: Accept = None,
    start: Annotated[str, typer.Option("--start", help="variance of day 1: long-run, last, a multiple")] = "long-run",
    long_run: Annotated[str, typer.Option("--long-run", help="level to return to: fitted, sample, number")] = "fitted",
    check: Check = False,
    histories: Histories = 39,
    key: Key = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Fit volatility models to prices, test them, write a market.

    Example: backstop calibrate builtin:csi300 --model egarch --check -o market.toml
    """
    from backstop.market.calibration_report import calibrate_report
    from backstop.market.market_toml import WRITTEN, render_market
    from backstop.report.calibration_tables import print_calibration
    from backstop.report.terminal import print_json
    from backstop.runs.files import check_replaceable, write_whole

    if out is not None:
        check_replaceable(out, WRITTEN.encode())
    specs = _candidates(model, distribution, mean, lags)
    opening = cast("Start", _level(start, "--start", ("long-run", "last"), most=1e4))
    level = cast("LongRun", _level(long_run, "--long-run", ("fitted", "sample"), most=10.0))
    if not quiet and sys.stderr.isatty():
        print(f"fitting {len(specs)} models to each of {len(prices)} series, some seconds each", file=sys.stderr)
    report = calibrate_report(prices, specs=specs, criterion=criterion, dependence=dependence,
                              accepted=_accepted(accept),
                              check=_request(histories, key, quiet) if check else None)
    if out is not None:
        write_whole(out, render_market(report, opening, level, index).encode())
    if json:
        print_json(report.summary() | {"market": None if out is None else str(out)})
    else:
        print_calibration(report, out)


def _request(histories: int, key: Path | None, quiet: bool) -> "CheckRequest":
    """What the options ask, told on a terminal."""
    from backstop.market.checked_candidates import CheckRequest, key_days_of

    extras = () if key is None else (key_days_of(key),)
    if quiet or not sys.stderr.isatty():
        return CheckRequest(histories, extras)
    return CheckRequest(histories, extras, lambda title, done, total: print(
        f"\r{title}: {done} of {total} histories", end="\n" if done == total else "", file=sys.stderr, flush=True))


def _accepted(words: Sequence[str] | None) -> Sequence["Oddity"]:
    from backstop.market.examination import EVERYTHING

    for word in words or ():
        if word not in EVERYTHING:
            fail(f"--accept {word}: write one of {', '.join(EVERYTHING)}", EXIT_USAGE)
    return [word for word in EVERYTHING if word in (words or ())]


def _candidates(models: Sequence[str] | None, laws: Sequence[str] | None, mean: Mean,
                lags: Sequence[str] | None) -> list["CalibrationSpec"]:
    """Every model with every law and, if it has any, all numbers of lags."""
    from backstop.market.specification import ASYMMETRIC, CalibrationSpec

    counts = [_counts(text) for text in lags or ["1,1"]]
    # the specification refuses what is no model or law
    tried: Any = itertools.product(models or MODELS, laws or LAWS, counts)
    specs = [CalibrationSpec(model, law, mean, p, o if model in ASYMMETRIC else None, q)
             for model, law, (p, o, q) in tried]
    return list({spec.title: spec for spec in specs}.values())


def _counts(text: str) -> tuple[int, int | None, int]:
    """p, o and q of ``P,Q`` or ``P,O,Q``."""
    words = text.split(",")
    if len(words) not in (2, 3) or not all(word.strip().isdecimal() for word in words):
        fail(f"--lags {text}: write P,Q as 2,1, or P,O,Q as 2,1,1", EXIT_USAGE)
    first, *middle, last = map(int, words)
    return first, middle[0] if middle else None, last


def _level(text: str, option: str, words: tuple[str, str], most: float) -> str | float:
    """A word, or a number above 0."""
    if text in words:
        return text
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= most:
        fail(f"{option} {text}: write {words[0]}, {words[1]}, or a number above 0, at most {most:g}", EXIT_USAGE)
    return value
