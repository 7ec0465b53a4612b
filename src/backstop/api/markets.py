"""The market alone: fitted to prices, simulated."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backstop.api.arguments import checked
from backstop.api.sources import assembled, cores
from backstop.config.text.overrides import settings_of
from backstop.market.one_thread import one_blas_thread

if TYPE_CHECKING:
    import polars as pl

    from backstop.market.calibration_report import CalibrationReport
    from backstop.market.specification import CalibrationSpec


@checked
def simulate(config: str | Path, out: str | Path, *, overrides: Sequence[str] = (), paths: int | None = None,
             seed: int | None = None, market: str | Path | None = None, models: Sequence[str] | None = None,
             threads: int | None = None) -> "pl.LazyFrame":
    """``backstop simulate``: write market paths to the parquet file `out`.

    Returns
    -------
    The file, unread: ``path``, ``day``, ``asset``, ``log_return``, ``volatility`` (standard deviation a day).

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    EnvironmentFailure
        Disk full, no permission.
    """
    import polars as pl

    from backstop.runs.files import PARQUET, check_replaceable
    from backstop.runs.simulate import simulate_paths

    file = Path(out)
    check_replaceable(file, PARQUET)
    settings = settings_of(overrides, paths=paths, seed=seed, market=market, models=models)
    simulate_paths(assembled(Path(config), settings).request, file, cores(threads))
    return pl.scan_parquet(file, glob=False)


@checked
def calibrate(prices: str | Sequence[str], out: str | Path | None = None, *,
              candidates: "Sequence[CalibrationSpec] | None" = None,
              criterion: Literal["bic", "aic", "log_likelihood"] = "bic",
              dependence: Literal["ccc", "dcc", "adcc", "gaussian-copula", "t-copula"] | None = None,
              index: str | None = None) -> "CalibrationReport":
    """``backstop calibrate``: fit candidates to prices, choose, test; write a market to `out`.

    Parameters
    ----------
    prices
        Files, ``file#column`` or ``builtin:csi300``; ``asset=file`` names the asset.
    candidates
        What is fitted (`backstop.market.specification`); without them, what the command tries.
    index
        Asset that market signals read; the first without it.

    Raises
    ------
    DataError, CalibrationError
        Prices that cannot be used; models that do not fit.
    """
    from backstop.market.calibration import DEFAULT_CANDIDATES
    from backstop.market.calibration_report import calibrate_report
    from backstop.market.market_toml import WRITTEN, render_market
    from backstop.runs.files import check_replaceable, write_whole

    if out is not None:
        check_replaceable(Path(out), WRITTEN.encode())
    with one_blas_thread():
        report = calibrate_report([prices] if isinstance(prices, str) else list(prices),
                                  specs=candidates or DEFAULT_CANDIDATES, criterion=criterion, dependence=dependence)
    if out is not None:
        write_whole(Path(out), render_market(report, "long-run", "fitted", index).encode())
    return report
