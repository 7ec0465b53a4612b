"""What the first screen is made of."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backstop.answers.comparisons import FACILITY, REFORM
from backstop.answers.sizing.of_run import Enough
from backstop.answers.summary import Row
from backstop.config.study import WITHOUT
from backstop.report.amounts import percent
from backstop.report.language.catalogue import Texts
from backstop.report.language.numbers import beside_text
from backstop.report.wrapping import whole
from backstop.runs.request import RunRequest


class Told(NamedTuple):
    """A run and the words to tell it in.

    Attributes
    ----------
    place
        The run's folder.
    config
        As it was named; empty where a finished run is shown.
    enough
        By arm with a pool.
    """

    name: str
    place: str
    config: str
    rows: Sequence[Row]
    request: RunRequest
    enough: Mapping[str, Enough]
    texts: Texts

    def say(self, key: str, **parts: object) -> str:
        """A text of the screen in the reader's language."""
        return self.texts(f"screen.{key}", **parts)

    @property
    def arms(self) -> list[str]:
        """Those of the config; counterfactuals are what they are held against."""
        return [arm for arm in self.request.terms.names.arms[1:] if not arm.startswith(WITHOUT)]

    def row(self, arm: str, metric: str, statistic: str) -> Row | None:
        """A figure of pool, market or all funds, against the arm's counterfactual where it is compared."""
        return next((row for row in self.rows if (row.arm, row.fund, row.metric, row.statistic)
                     == (arm, None, metric, statistic) and row.comparison in (None, FACILITY, REFORM)), None)

    def beside(self, row: Row) -> str:
        """A figure and its interval, as one word."""
        return whole(beside_text(row.estimate, row.lower, row.upper, row.unit, self.texts))

    def bound(self, row: Row) -> str:
        """The upper end of a share that no path showed."""
        return whole(self.say("bound", share=percent(row.upper or 0.0)))
