"""What questions are answered with: all of it as `found`, its tables as frames, and the files of the command."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from backstop.api.sources import frame

if TYPE_CHECKING:
    import polars as pl

    from backstop.answers.estimators import Estimate
    from backstop.answers.history.answer import History
    from backstop.answers.rare.rare import Rare
    from backstop.answers.reverse.reverse import Reversed
    from backstop.answers.sensitivity.sensitivity import Sensitivity
    from backstop.answers.sizing.size import Sized
    from backstop.answers.sweeping.sweep import Answer as Swept


class Answer(ABC):
    """An answer, whose `found` has all of it, amounts in currency."""

    def write(self, folder: str | Path) -> None:
        """Write what the command writes with ``-o``.

        Raises
        ------
        EnvironmentFailure
            The folder cannot be written.
        """
        self._write(Path(folder))

    @abstractmethod
    def _write(self, folder: Path) -> None: ...


@dataclass(frozen=True)
class SizeAnswer(Answer):
    """The answer of `size`."""

    found: "Sized"

    @property
    def advised(self) -> float | None:
        """Size that the curve given a crisis asks for; None where the paths cannot tell."""
        return self.found.advised

    @cached_property
    def curves(self) -> "pl.DataFrame":
        """``given``, ``model``, ``size``, ``p``, ``lower``, ``upper`` and the worst chance by distance of the model."""
        from backstop.answers.sizing.table import curves_table

        return frame(curves_table(self.found))

    def _write(self, folder: Path) -> None:
        from backstop.answers.sizing.table import write_size

        write_size(self.found, folder)


@dataclass(frozen=True)
class HistoryAnswer(Answer):
    """The answer of `history`."""

    found: "History"

    @cached_property
    def tables(self) -> "dict[str, pl.DataFrame]":
        """By name: ``episodes``, ``figures``, ``key_days``, ``burn`` and so on, as the command writes them."""
        from backstop.answers.history.tables import tables_of

        return {name: frame(table) for name, table in tables_of(self.found).items()}

    def _write(self, folder: Path) -> None:
        from backstop.answers.history.tables import write_history

        write_history(self.found, folder)


@dataclass(frozen=True)
class SweepAnswer(Answer):
    """The answer of `sweep` or `optimise`."""

    found: "Swept"

    @cached_property
    def designs(self) -> "pl.DataFrame":
        """A row a design: what it changes, what it comes to, its chance of being on the frontier."""
        from backstop.answers.sweeping.table import designs_table

        return frame(designs_table(self.found))

    def _write(self, folder: Path) -> None:
        from backstop.answers.sweeping.table import write_sweep

        write_sweep(self.found, folder)


@dataclass(frozen=True)
class SensitivityAnswer(Answer):
    """The answer of `sensitivity`."""

    found: "Sensitivity"

    @cached_property
    def moved(self) -> "pl.DataFrame":
        """A row a side of each number, those that move the headline most first."""
        from backstop.answers.sensitivity.table import moved_table

        return frame(moved_table(self.found))

    def _write(self, folder: Path) -> None:
        from backstop.answers.sensitivity.table import write_sensitivity

        write_sensitivity(self.found, folder)


@dataclass(frozen=True)
class ReverseAnswer(Answer):
    """The answer of `reverse`: chances, scenarios, boxes."""

    found: "Reversed"

    @cached_property
    def scenarios(self) -> "pl.DataFrame":
        """A row a failure, scenario and feature of its market."""
        from backstop.answers.reverse.table import scenarios_table

        return frame(scenarios_table(self.found))

    def _write(self, folder: Path) -> None:
        from backstop.answers.reverse.table import write_reverse

        write_reverse(self.found, folder)


@dataclass(frozen=True)
class RareAnswer(Answer):
    """The answer of `rare`: the chance by each method, and why there is none."""

    found: "Rare"

    @property
    def chance(self) -> "Estimate | None":
        """With its 95 % interval; None where the methods do not tell it."""
        return self.found.estimate

    def _write(self, folder: Path) -> None:
        from backstop.answers.written import write_answer

        write_answer(folder, "rare", self.found.as_json(), {})
