"""A calibration written down as the [market] section of a config, with standard errors beside the numbers.

Numbers are written in full, so that what is read back is the fit to the last bit.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backstop.config.market.volatility import LongRun, Start
from backstop.errors import CalibrationError
from backstop.market.calibration_report import CalibrationReport
from backstop.market.dependence_fit import DependenceFit
from backstop.market.fitted import Calibration
from backstop.terms import TRADING_DAYS_PER_YEAR

WRITTEN = "# Written by `backstop calibrate`."
HEAD = f"""\
{WRITTEN} Use it with `backstop run CONFIG --market FILE`, or write include = "FILE" in the
# [market] of a config, whose assets of these names then take their risk from here; or paste it there.
# [fitted] estimated from the prices named, standard errors in brackets. Decimals and trading days.
# Where sales shall move prices, the config's assets have a `trading` table."""
_MATRICES = ("correlation", "asymmetric_target", "opening")
_PREFIXES = {"power": "delta"}
"""Config keys whose estimates go by another name."""


def render_market(
    report: CalibrationReport, start: Start = "long-run", long_run: LongRun = "fitted", index: str | None = None
) -> str:
    """TOML text of a [market] section with explicit parameters.

    Parameters
    ----------
    report
        Its chosen fits become the assets.
    start
        Variance of day 1: "long-run", "last" (after the data's last day) or a multiple of the long-run variance.
        EWMA has no long run of its own and starts from the last day.
    long_run
        Volatility that the models return to, as in a ``calibrate`` table; "sample" where the fit hardly
        identifies its own.
    index
        The asset that market signals read; the first without it.

    Raises
    ------
    CalibrationError
        No series is called like `index`.
    """
    fits = [one.chosen for one in report.series]
    names = [fit.name for fit in fits]
    if index is not None and index not in names:
        raise CalibrationError(f"no series {index!r} to be the index; name one of {', '.join(names)}")
    lines = [HEAD, "[market]", f"index = {_text(index or names[0])}"]
    for fit in fits:
        lines += ["", *_asset_lines(fit, start, long_run)]
    if report.dependence is not None:
        lines += ["", *_dependence_lines(report.dependence, start)]
    return "\n".join(lines) + "\n"


def _asset_lines(fit: Calibration, start: Start, long_run: LongRun) -> list[str]:
    has_level = fit.spec.model != "ewma" or long_run != "fitted"
    section = fit.market_section(start if has_level else "last", long_run=long_run)
    lines = ["[[market.assets]]", f"name = {_text(fit.name)}",
             f"# {_comment(fit.returns.source)}",
             f"# {fit.spec.title}, {fit.n_sample} returns, {fit.first_day} to {fit.last_day}, "
             f"log-likelihood {fit.log_likelihood:.2f}, BIC {fit.bic:.2f}, persistence {fit.persistence:.4f}"]
    lines += [f"# {_comment(warning)}" for warning in fit.warnings]
    if "drift_per_day" in section:
        errors = [TRADING_DAYS_PER_YEAR * error for error in _errors(fit, "mu")]
        lines.append(_line("drift_ann_frac", TRADING_DAYS_PER_YEAR * section["drift_per_day"], errors))
    for table in ("volatility", "innovation"):
        lines.append(f"[market.assets.{table}]")
        lines += [_line(key, value, _errors(fit, _PREFIXES.get(key, key))) for key, value in section[table].items()]
    return lines


def _dependence_lines(fit: DependenceFit, start: Start) -> list[str]:
    """How series move together; from the last state where volatility starts from there too."""
    section = fit.section("last" if start == "last" else "long-run")
    dynamics = section.pop("dynamics", {})
    lines = ["[market.dependence]",
             f"# {fit.dependence}, {fit.n_days} days in common, log-likelihood {fit.log_likelihood:.2f} [fitted]",
             *_joint_lines(section, fit)]
    return [*lines, "[market.dependence.dynamics]", *_joint_lines(dynamics, fit)] if dynamics else lines


def _joint_lines(section: Mapping[str, Any], fit: DependenceFit) -> list[str]:
    """A key a line, a row of a matrix a line."""
    errors = fit.standard_errors
    return [_matrix_line(key, value) if key in _MATRICES else
            _line(key, value, [errors[key]] if key in errors else ()) for key, value in section.items()]


def _matrix_line(key: str, matrix: Sequence[Sequence[float]]) -> str:
    rows = ",\n".join(f"  {_value(row)}" for row in matrix)
    return f"{key} = [\n{rows},\n]"


def _errors(fit: Calibration, key: str) -> list[float]:
    """Standard errors of the estimates behind a config key; of all its lags, the first one first."""
    pairs = zip(fit.spec.parameter_names, fit.standard_errors.tolist(), strict=True)
    return [error for name, error in pairs if name == key or name.startswith(f"{key}[")]


def _line(key: str, value: object, errors: Sequence[float]) -> str:
    tag = f"    # [fitted] ({', '.join(f'{error:.2g}' for error in errors)})" if errors else ""
    return f"{key} = {_value(value)}{tag}"


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Iterable):
        return f"[{', '.join(_value(one) for one in value)}]"
    return repr(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    """One line without control characters."""
    return "".join(one if one.isprintable() else " " for one in text)
