"""Questions about terms and assumptions: many designs, what matters, what breaks a facility, how rare that is."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backstop.api.answers import RareAnswer, ReverseAnswer, SensitivityAnswer, SweepAnswer
from backstop.api.arguments import checked
from backstop.api.sources import assembled, cores
from backstop.config.text.overrides import settings_of
from backstop.market.one_thread import one_blas_thread

if TYPE_CHECKING:
    from backstop.answers.sweeping.sweep import Question


@checked
def sweep(config: str | Path, vary: Sequence[str], out: str | Path | None = None, *,
          kind: Literal["grid", "lhs", "sobol", "indices"] = "grid", n: int = 64, objectives: Sequence[str] = (),
          keep: Sequence[str] = (), zones: Sequence[str] = (), per: str | None = None, halving: bool = False,
          arm: str | None = None, overrides: Sequence[str] = (), paths: int | None = None, seed: int | None = None,
          market: str | Path | None = None, models: Sequence[str] | None = None, threads: int | None = None
          ) -> SweepAnswer:
    """``backstop sweep``: many designs on the same shocks.

    Parameters
    ----------
    vary
        ``KEY=A,B,C`` or ``KEY=LOW:HIGH[:N]`` each.
    out
        Folder in which the sweep is kept and goes on; without it nothing is written.
    kind, n
        ``--design`` and ``--n`` of the command; `objectives`, `keep`, `zones`, `per` and `halving` are its options too.
    arm
        The design that is varied; without it, the first.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    DirectoryRefused, EnvironmentFailure
        `out` holds something else, or cannot be written.
    """
    from backstop.answers.sweeping.asking import Designs, Wanted, question_of
    from backstop.config.text.toml_files import read_config

    settings = settings_of(overrides, paths=paths, seed=seed, market=market, models=models)
    question = question_of(read_config(Path(config)), settings, arm, Designs(vary, kind, n),
                           Wanted(objectives, keep, zones, per, halving))
    return _swept(question, out, threads)


@checked
def optimise(config: str | Path, vary: Sequence[str], out: str | Path | None = None, *,
             best: str = "technology_saved_window_end/cost_a_year", keep: Sequence[str] = (),
             kind: Literal["grid", "lhs", "sobol"] = "sobol", n: int = 64, zones: Sequence[str] = (),
             arm: str | None = None, overrides: Sequence[str] = (), paths: int | None = None, seed: int | None = None,
             market: str | Path | None = None, models: Sequence[str] | None = None, threads: int | None = None
             ) -> SweepAnswer:
    """``backstop optimise``: the designs that may be best within limits, how likely each is, which limit binds.

    Parameters
    ----------
    vary, out, kind, n, zones, arm
        As of `sweep`.
    best
        ``METRIC`` or ``METRIC/METRIC``, then ``=max`` or ``=min`` or neither.
    keep
        ``METRIC<NUMBER`` or ``METRIC>NUMBER`` each, which must hold in every market model; ``pool_size`` is one too.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    DirectoryRefused, EnvironmentFailure
        `out` holds something else, or cannot be written.
    """
    from backstop.answers.sweeping.asking import Designs, best_of_all, question_of
    from backstop.config.text.toml_files import read_config

    settings = settings_of(overrides, paths=paths, seed=seed, market=market, models=models)
    question = question_of(read_config(Path(config)), settings, arm, Designs(vary, kind, n),
                           best_of_all(best, keep, zones))
    return _swept(question, out, threads)


def _swept(question: "Question", out: str | Path | None, threads: int | None) -> SweepAnswer:
    """The answer of a sweep, written where that is asked."""
    from backstop.answers.sweeping.sweep import sweep as swept

    with one_blas_thread():
        answer = SweepAnswer(swept(question, None if out is None else Path(out), cores(threads)))
    if out is not None:
        answer.write(out)
    return answer


@checked
def sensitivity(config: str | Path, out: str | Path | None = None, *,
                headline: str = "window_sales_averted_share", tags: Sequence[str] = ("ours",), arm: str | None = None,
                overrides: Sequence[str] = (), paths: int | None = None, seed: int | None = None,
                market: str | Path | None = None, models: Sequence[str] | None = None,
                threads: int | None = None) -> SensitivityAnswer:
    """``backstop sensitivity``: each number of the config with one of `tags` moved low and high.

    Parameters
    ----------
    out
        Folder in which it is kept and goes on; without it nothing is written.
    headline
        Figure that is watched.
    tags
        ``ours``, ``cited``, ``fitted``.
    arm
        The design; without it, the first.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    """
    from backstop.answers.sensitivity.sensitivity import Asked
    from backstop.answers.sensitivity.sensitivity import sensitivity as study
    from backstop.config.text.toml_files import read_config

    settings = settings_of(overrides, paths=paths, seed=seed, market=market, models=models)
    with one_blas_thread():
        asked = Asked(read_config(Path(config)), tuple(settings), arm, headline, tuple(tags))
        answer = SensitivityAnswer(study(asked, None if out is None else Path(out), cores(threads)))
    if out is not None:
        answer.write(out)
    return answer


@checked
def reverse(source: str | Path, *, failures: Sequence[str] = (), arm: str | None = None, overrides: Sequence[str] = (),
            paths: int | None = None, seed: int | None = None, market: str | Path | None = None,
            models: Sequence[str] | None = None, threads: int | None = None) -> ReverseAnswer:
    """``backstop reverse``: what breaks a facility, and how plausible that is.

    Parameters
    ----------
    source
        A config, or a run directory, which is repeated as it was.
    failures
        ``dry``, ``failed``, ``relief_negative`` (without any, all three), ``METRIC<NUMBER`` or ``METRIC>NUMBER``.
    arm
        The design; without it, the first.

    Raises
    ------
    ConfigError, DataError, CalibrationError, RunIncomplete
        What the user has to mend.
    """
    from backstop.answers.reverse.failures import parse_failures
    from backstop.answers.reverse.reverse import reverse as reversed_by
    from backstop.config.text.sweeps import design_of

    asked = parse_failures(failures)
    settings = settings_of(overrides, paths=paths, seed=seed, market=market, models=models)
    found = assembled(Path(source), settings)
    return ReverseAnswer(reversed_by(found.request, design_of(found.config, arm).name, asked, cores(threads)))


@checked
def rare(config: str | Path, event: str = "dry", *, arm: str | None = None, overrides: Sequence[str] = (),
         paths: int | None = None, seed: int | None = None, market: str | Path | None = None,
         threads: int | None = None) -> RareAnswer:
    """``backstop rare``: how likely what hardly ever happens is.

    Parameters
    ----------
    event
        ``dry``, ``failed``, ``relief_negative``, ``METRIC<NUMBER`` or ``METRIC>NUMBER``.
    arm
        The design; without it, the first.
    paths
        Of a stage of all repetitions together.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend; a market whose paths cannot branch.
    """
    from backstop.answers.rare.rare import rare as asked
    from backstop.answers.rare.splitting import Event
    from backstop.answers.reverse.failures import parse_failures
    from backstop.config.text.sweeps import design_of

    (what,) = parse_failures([event], "--event")
    found = assembled(Path(config), settings_of(overrides, paths=paths, seed=seed, market=market))
    chosen = design_of(found.config, arm).name
    return RareAnswer(asked(found.request, found.config, Event(chosen, what), cores(threads)))
