"""What one arm carries from day to day, all parts together, and how it opens; parts stand in the rooms' ``state.py``.

Every field is a C-contiguous float64 array whose last axis is lanes (paths side by side). Rows that belong to pairs are
flattened with the first axis slowest: row ``f*J + j`` for fund f and asset j, ``f*C + c``, ``k*F + f``, ``k*J + j``;
the slots of a ring stand as its axes say: ``f*H + slot``. Truth values are 0.0 and 1.0. Symbols are those of
docs/model.md.
"""

from collections.abc import Iterator
from math import prod
from typing import Annotated, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backstop.kernels.axes import lengths_of
from backstop.kernels.bottoms import Bottoms, has_bottoms
from backstop.kernels.declare import Condition, Part, State
from backstop.kernels.facility.state import (
    Grants,
    Guarantees,
    Keys,
    Purchases,
    Service,
    Signals,
    has_compensations,
    has_guarantees,
    has_purchases,
)
from backstop.kernels.funds.state import (
    Causes,
    Evaluation,
    Funds,
    Investors,
    Lenders,
    Solvency,
    has_debt,
    has_insurers,
)
from backstop.kernels.judging import Foresight, Judging
from backstop.kernels.machine.frames import Bare, rows
from backstop.kernels.pool.state import Loans, Pool
from backstop.kernels.prices.state import Prices, Replay, Rounds, has_rounds
from backstop.kernels.record import Sums
from backstop.kernels.tallies import tally_rows
from backstop.kernels.windows import Stress
from backstop.outcomes import DAILY_METRICS, N_BINS, FundTally, PathTally
from backstop.terms import ArmTerms, Floats
from backstop.terms.declare import Declaration, declared, fields_of

Counts: TypeAlias = npt.NDArray[np.uint16]


class Seam(NamedTuple):
    """What every arm reads of the market, (T, J, L)."""

    log_return: Floats
    volatility: Floats


@declared
class ArmState(NamedTuple):
    """Everything of one arm on one tile; the tallies are what leaves it."""

    prices: Annotated[Prices, Part("asset")]
    funds: Annotated[Funds, Part("fund")]
    lenders: Annotated[Lenders, Part("fund", has_debt)]
    rounds: Annotated[Rounds, Part("", has_rounds)]
    investors: Annotated[Investors, Part("fund class")]
    causes: Annotated[Causes, Part("cause fund")]
    evaluation: Annotated[Evaluation, Part("fund")]
    solvency: Annotated[Solvency, Part("fund", has_insurers)]
    signals: Annotated[Signals, Part("market_signal")]
    system_keys: Annotated[Keys, Part("facility")]
    fund_keys: Annotated[Keys, Part("facility fund")]
    latches: Annotated[Keys, Part("latch fund")]
    """Of fund f where it is one of a fund key, else the first row."""
    loans: Annotated[Loans, Part("facility fund")]
    service: Annotated[Service, Part("")]
    purchases: Annotated[Purchases, Part("facility", has_purchases)]
    grants: Annotated[Grants, Part("facility fund", has_compensations)]
    guarantees: Annotated[Guarantees, Part("facility fund", has_guarantees)]
    pool: Annotated[Pool, Part("")]
    judging: Annotated[Judging, Part("")]
    bottoms: Annotated[Bottoms, Part("fund asset", has_bottoms)]
    sums: Annotated[Sums, Part("")]
    path_tally: Annotated[PathTally, Part("")]
    fund_tally: Annotated[FundTally, Part("fund")]
    replay: Annotated[Replay, Part("replayed_day asset", is_shared=True)]
    stress: Annotated[Stress, Part("day", is_shared=True)]
    foresight: Annotated[Foresight, Part("day", is_shared=True)]
    daily: Annotated[Counts, Declaration("day metric bin", "count", "paths; no days where bands are not wanted")]


class Field(NamedTuple):
    """One field of an arm's state, as it is declared."""

    part: str
    name: str
    axes: tuple[str, ...]
    said: State
    conditions: tuple[Condition, ...]
    """All rules that it takes for there to be rows."""

    @property
    def path(self) -> str:
        """Part and name."""
        return f"{self.part}.{self.name}"

    def of(self, state: ArmState) -> Floats:
        """Its rows in `state`."""
        values: Floats = getattr(getattr(state, self.part), self.name)
        return values

    def n_rows(self, arm: ArmTerms, lengths: dict[str, int]) -> int:
        """Rows of `arm`, by the lengths of its axes."""
        return prod(lengths[axis] for axis in self.axes) * all(rule(arm) for rule in self.conditions)


def _fields() -> Iterator[Field]:
    for part, (kind, whole) in fields_of(ArmState).items():
        if whole is None:
            raise TypeError(f"ArmState.{part} has no axes; write Annotated[{kind.__name__}, Part(axes)]")
        if isinstance(whole, Part) and not whole.is_shared:
            for name, said in (tally_rows(kind) or _rows_of(kind)).items():
                axes = tuple((whole.axes if said.axes is None else said.axes).split())
                yield Field(part, name, axes, said, tuple(rule for rule in (whole.when, said.when) if rule))


def _rows_of(kind: Any) -> dict[str, State]:
    """Declarations of a part that is no tally."""
    declared(kind)
    return {name: said for name, (_, said) in fields_of(kind).items()}


FIELDS = tuple(_fields())
"""All that an arm owns; what arms share is not among them."""


def allocate_arm(terms: ArmTerms, lanes: int, n_days: int) -> ArmState:
    """Memory for one arm on a tile of `lanes` paths; `n_days` days of daily bands (0: none)."""
    lengths = lengths_of(terms)
    made: dict[str, dict[str, Any]] = {}
    for field in FIELDS:
        made.setdefault(field.part, {})[field.name] = rows(field.n_rows(terms, lengths), lanes)
    kinds = {part: kind for part, (kind, _) in fields_of(ArmState).items()}
    return ArmState(
        **{part: kinds[part](**fields) for part, fields in made.items()},
        replay=Replay(*(rows(0, lanes) for _ in Replay._fields)),
        stress=Stress(*(rows(0, lanes) for _ in Stress._fields)),
        foresight=Foresight(rows(0, lanes), rows(0, lanes)),
        daily=np.zeros((n_days, len(DAILY_METRICS), N_BINS), dtype=np.uint16).view(Bare),
    )


def reset_arm(terms: ArmTerms, state: ArmState) -> None:
    """Put `state` back to the opening, in place; daily counts, which add up over tiles, and what arms share stay."""
    for field in FIELDS:
        values, opening = field.of(state), field.said.opening
        if len(values):
            values[:] = np.reshape(opening(terms), (-1, 1)) if callable(opening) else opening


def foresights(n_days: int, lanes: int) -> tuple[Foresight, Foresight]:
    """For a counterfactual, which writes down its distress, and for its arms, which come next and read it."""
    distress, nothing = rows(n_days, lanes), rows(0, lanes)
    return Foresight(distress, nothing), Foresight(nothing, distress)


def replays(terms: ArmTerms, lanes: int) -> tuple[Replay, Replay]:
    """For arm none, which says what real closes contain, and for all others, which come after it."""
    n_rows = terms.prices.replay.log_close.size
    nothing = rows(0, lanes)
    before, after = rows(n_rows, lanes), rows(n_rows, lanes)
    return Replay(before, after, nothing, nothing), Replay(nothing, nothing, before, after)


def stresses(terms: ArmTerms, n_days: int, lanes: int) -> tuple[Stress, Stress]:
    """For arm none, which finds windows of stress in its index, and for all others, which come after it."""
    breach_age, nothing = rows(n_days, lanes), rows(0, lanes)
    first = Stress(breach_age, nothing, rows(len(terms.judging.index_history), lanes), rows(1, lanes))
    return first, Stress(nothing, breach_age, nothing, nothing)


def open_arm(terms: ArmTerms, lanes: int, n_days: int = 0) -> ArmState:
    """One arm at its opening, by itself: what real closes contain is its own; see `allocate_arm`."""
    state = allocate_arm(terms, lanes, n_days)._replace(replay=replays(terms, lanes)[0])
    reset_arm(terms, state)
    return state
