"""Questions about terms and assumptions: many designs, what matters, what breaks a facility, how rare that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backstop.api.sources import assembled, cores, frame, one_blas_thread
from backstop.config.text.overrides import settings_of

if TYPE_CHECKING:
    import polars as pl

    from backstop.answers.estimators import Estimate
    from backstop.answers.rare.rare import Rare
    from backstop.answers.reverse.reverse import Reversed
    from backstop.answers.sensitivity.sensitivity import Sensitivity
    from backstop.answers.sweeping.sweep import Answer


@dataclass(frozen=True)
class SweepAnswer:
    """The answer of `sweep`; `found` has all of it, amounts in currency."""

    found: "Answer"

    @cached_property
    def designs(self) -> "pl.DataFrame":
        """A row a design: what it changes, what it comes to, its chance of being on the frontier."""
        from backstop.answers.sweeping.table import designs_table

        return frame(designs_table(self.found))

    def write(self, folder: str | Path) -> None:
        """``sweep.json`` and ``designs.parquet``, as the command writes them; `EnvironmentFailure` where it cannot."""
        from backstop.answers.sweeping.table import write_sweep

        write_sweep(self.found, Path(folder))


@dataclass(frozen=True)
class SensitivityAnswer:
    """The answer of `sensitivity`; `found` has all of it, amounts in currency."""

    found: "Sensitivity"

    @cached_property
    def moved(self) -> "pl.DataFrame":
        """A row a side of each number, those that move the headline most first."""
        from backstop.answers.sensitivity.table import moved_table

        return frame(moved_table(self.found))

    def write(self, folder: str | Path) -> None:
        """What ``backstop sensitivity -o`` writes; `EnvironmentFailure` where it cannot."""
        from backstop.answers.sensitivity.table import write_sensitivity

        write_sensitivity(self.found, Path(folder))


@dataclass(frozen=True)
class ReverseAnswer:
    """The answer of `reverse`; `found` has all of it: chances, scenarios, boxes."""

    found: "Reversed"

    @cached_property
    def scenarios(self) -> "pl.DataFrame":
        """A row a failure, scenario and feature of its market."""
        from backstop.answers.reverse.table import scenarios_table

        return frame(scenarios_table(self.found))

    def write(self, folder: str | Path) -> None:
        """What ``backstop reverse -o`` writes; `EnvironmentFailure` where it cannot."""
        from backstop.answers.reverse.table import write_reverse

        write_reverse(self.found, Path(folder))


@dataclass(frozen=True)
class RareAnswer:
    """The answer of `rare`; `found` has all of it: the chance by both scores, and why there is none."""

    found: "Rare"

    @property
    def chance(self) -> "Estimate | None":
        """With its 95 % interval; None where the scores do not tell it."""
        return self.found.estimate

    def write(self, folder: str | Path) -> None:
        """What ``backstop rare -o`` writes; `EnvironmentFailure` where it cannot."""
        from backstop.answers.written import write_answer

        write_answer(Path(folder), "rare", self.found.as_json(), {})


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
    from backstop.answers.sweeping.sweep import sweep as swept
    from backstop.config.text.toml_files import read_config

    settings = settings_of(overrides, paths=paths, seed=seed, market=market, models=models)
    question = question_of(read_config(Path(config)), settings, arm, Designs(vary, kind, n),
                           Wanted(objectives, keep, zones, per, halving))
    with one_blas_thread():
        answer = SweepAnswer(swept(question, None if out is None else Path(out), cores(threads)))
    if out is not None:
        answer.write(out)
    return answer


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

    (what,) = parse_failures([event])
    found = assembled(Path(config), settings_of(overrides, paths=paths, seed=seed, market=market))
    chosen = design_of(found.config, arm).name
    return RareAnswer(asked(found.request, found.config, Event(chosen, what), cores(threads)))
