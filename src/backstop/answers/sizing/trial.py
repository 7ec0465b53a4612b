"""Pools that are tried for what curves do not tell: that they hold, and what a unit more does."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, mean_difference
from backstop.answers.samples import Column
from backstop.answers.sizing.curves import lack_beyond
from backstop.answers.sizing.evidence import Evidence
from backstop.answers.sizing.uses import Uses
from backstop.errors import AccountingError
from backstop.terms import ArmTerms

STEP = 0.1
"""By which a pool is larger than the one it stands beside. [ours]"""


class Worth(NamedTuple):
    """What a unit more of pool does at `size` (currency); a pool larger by `STEP` tells.

    Attributes
    ----------
    lack, lack_in_crisis
        Mean of what peak use has beyond the size; None where terms hang on the size.
    claims_met
        Valid claims paid more, mean over paths, a unit of pool.
    sales_averted
        Forced sales of eligible funds in windows averted, mean over paths with one, a unit; None without windows.
    """

    size: float
    lack: Estimate | None
    lack_in_crisis: Estimate | None
    claims_met: Estimate | None
    sales_averted: Estimate | None


class Trial(NamedTuple):
    """Pools n, each at place 2n, with one beside it that is larger by `STEP`, at 2n + 1.

    Attributes
    ----------
    sizes
        Quanta, of all.
    terms
        Of the arm with each.
    """

    uses: Uses
    sizes: Sequence[float]
    terms: Sequence[ArmTerms]
    quantum: float

    @staticmethod
    def sizes_of(pools: Sequence[float]) -> list[float]:
        """Quanta to run for these pools."""
        return [float(np.round(pool * factor)) for pool in pools for factor in (1.0, 1.0 + STEP)]

    @property
    def n_pools(self) -> int:
        """Pools that are asked about."""
        return len(self.sizes) // 2

    def size(self, number: int) -> float:
        """Of a pool, currency."""
        return self.sizes[2 * number] * self.quantum

    def check(self, found: Evidence) -> int:
        """Paths times sizes on which peak use says who runs dry; 0 where terms hang on the size.

        Raises
        ------
        AccountingError
            A pool ran dry where peak use says that it does not, or the reverse.
        """
        if found.use is None:
            return 0
        for number, quanta in enumerate(self.sizes):
            is_dry = self.uses.is_dry[number]
            if (is_dry & (found.use <= quanta * self.quantum)).any() or (
                    ~is_dry & (self.uses.columns["pool_peak_use"][number] > quanta * self.quantum)).any():
                raise AccountingError(f"a pool of {quanta * self.quantum:g} ran dry on other paths than those whose "
                                      "claims exceed it; report a bug")
        return int(self.uses.is_dry.size)

    def worth(self, number: int, found: Evidence) -> Worth:
        """Of a unit more of pool `number`."""
        size = self.size(number)
        added = (self.sizes[2 * number + 1] - self.sizes[2 * number]) * self.quantum
        lack = lack_in_crisis = None
        if found.use is not None:
            lack = lack_beyond(found.paths.of_all(found.use), size)
            lack_in_crisis = lack_beyond(found.paths.sample(found.use, found.is_in_crisis), size)
        return Worth(size, lack, lack_in_crisis, self._gain("unmet_claims", number, added),
                     self._gain("forced_sales_in_window_eligible", number, added))

    def _gain(self, name: str, number: int, added: float) -> Estimate | None:
        """By how much a column falls, a unit of what is added to a pool."""
        of_pool, of_larger = (Column(self.uses.columns[name][n] / added, self.uses.paths.weight, self.uses.paths.group)
                              for n in (2 * number, 2 * number + 1))
        pair = of_pool.paired(of_larger)
        return None if pair is None else mean_difference(*pair)

    def nav_left(self) -> float:
        """Eligible funds' value at the horizon with the first pool, mean, times the opening."""
        arm = self.terms[0]
        eligible = arm.funds.count * np.any(arm.facilities.is_eligible > 0.0, axis=0)
        opening = float(eligible @ arm.funds.nav_open) * self.quantum
        return self.uses.paths.of_all(self.uses.eligible_nav[0]).mean / opening if opening > 0.0 else 1.0
