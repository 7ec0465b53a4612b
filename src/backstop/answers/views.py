"""The columns of a summary: read a few at a time, shared by all rows that compare with them.

A part takes a millisecond to open, and its footer more memory than a column of it: so parts are opened once for as many
columns as memory allows, and no footer stays.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeAlias, TypeVar

import numpy as np

from backstop.answers.comparisons import Comparison, comparisons_of
from backstop.answers.metrics import Metric
from backstop.answers.samples import Column, Flags
from backstop.answers.values import OfPiece, Values, arms_read, funds_read, has_sense, paths_read
from backstop.runs.parts import Parts, Piece
from backstop.terms import Floats, Integers

SLAB_BYTES = 16 * 2**20
"""Most that columns read ahead take in memory..."""
MOST_READS = 24
"""...unless the parts of funds were then to be read more often than this."""
_FEWEST_COLUMNS = 3
"""An arm, its counterfactual, and the arm without any facility."""
_Key: TypeAlias = tuple[Hashable, int]
"""What is read, and of which arm."""
_T = TypeVar("_T")


class Read(NamedTuple):
    """What steps read: a column of paths or of a fund, or a metric in one kind of comparison."""

    key: Hashable
    arms: tuple[int, ...]
    """That have it."""
    paths: tuple[str, ...]
    funds: tuple[str, ...]
    """Columns that it is made of."""
    arms_read: Callable[[Sequence[int]], Sequence[int]]
    """Arms whose columns the values of some arms are made of."""
    values: Callable[[Piece, int], Values]
    """Of an arm, on the paths of a piece."""
    is_share: bool = False


def read_of_paths(parts: Parts, name: str) -> Read:
    """A column of the paths."""
    return Read(name, tuple(range(len(parts.arms))), (name,), (), list,
                lambda piece, arm: (piece.path(name, arm), None))


def read_of_fund(parts: Parts, name: str, fund: int) -> Read:
    """A column of one fund, by its number."""
    return Read((name, fund), tuple(range(len(parts.arms))), (), (name,), list,
                lambda piece, arm: (piece.fund(name, arm)[fund], None))


def reads_of_metric(parts: Parts, metric: Metric) -> list[tuple[Comparison, Read]]:
    """A metric, of each arm that it has sense for; in one comparison where it is no difference itself."""
    found = []
    for number in range(len(parts.arms)):
        if has_sense(parts, number, metric):
            comparisons = comparisons_of(number, parts.counterfactuals)[: None if metric.compares else 1]
            found += [(comparison, _read_of_metric(parts, metric, number, comparison)) for comparison in comparisons]
    return found


def _read_of_metric(parts: Parts, metric: Metric, number: int, comparison: Comparison) -> Read:
    return Read((metric.name, number, comparison.name), (number,), tuple(paths_read(parts, metric)),
                tuple(funds_read(metric)), lambda arms: arms_read(parts, metric, [(number, comparison)]),
                lambda piece, arm: OfPiece(parts, metric, piece).values(number, comparison), bool(metric.over))


class _Ahead:
    """Reads what comes next with what is asked for, as far as it fits into `SLAB_BYTES`."""

    def __init__(self, parts: Parts, reads: Sequence[Read]) -> None:
        self._parts, self._reads = parts, reads
        self._place = {read.key: place for place, read in enumerate(reads)}
        self._held: dict[_Key, Values] = {}

    def take(self, read: Read, arm: int) -> Values:
        """All paths of an arm; they are no longer held."""
        if (read.key, arm) not in self._held:
            self._held.clear()
            self._fill(self._batch(read, arm))
        return self._held.pop((read.key, arm))

    def _batch(self, read: Read, arm: int) -> list[tuple[Read, Sequence[int]]]:
        """What is asked for and those after it; one arm of it where all are too many."""
        left = SLAB_BYTES
        if read.funds:
            of_all = 8 * len(self._parts.arms) * len(self._parts.funds) * self._parts.n_paths
            left = max(left, of_all // MOST_READS)
        found: list[tuple[Read, Sequence[int]]] = []
        for one in self._reads[self._place[read.key] :]:
            left -= 8 * len(one.arms) * self._parts.n_paths * (2 if one.is_share else 1)
            if left < 0:
                break
            found.append((one, one.arms))
        return found or [(read, [arm])]

    def _fill(self, batch: Sequence[tuple[Read, Sequence[int]]]) -> None:
        n = self._parts.n_paths
        for read, arms in batch:
            for arm in arms:
                self._held[read.key, arm] = np.empty(n), np.empty(n) if read.is_share else None
        arms = sorted({arm for read, asked in batch for arm in read.arms_read(asked)})
        paths = list(dict.fromkeys(name for read, _ in batch for name in read.paths))
        funds = list(dict.fromkeys(name for read, _ in batch for name in read.funds))
        first = 0
        for piece in self._parts.pieces(arms, paths, funds):
            part = slice(first, first + piece.n_paths)
            for read, asked in batch:
                for arm in asked:
                    for whole, values in zip(self._held[read.key, arm], read.values(piece, arm), strict=True):
                        if whole is not None:
                            whole[part] = values
            first = part.stop


class _Shelf(Generic[_T]):
    """Columns that rows of one outcome or metric compare."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, dict[_Key, _T]()

    def take(self, key: _Key, make: Callable[[], _T]) -> _T:
        """What was made for this key, or is made now; columns of another outcome are let go first."""
        if any(held[0] != key[0] for held in self._held):
            self._held.clear()
        found = self._held.pop(key, None)
        while len(self._held) >= self._most:
            del self._held[next(iter(self._held))]
        self._held[key] = make() if found is None else found
        return self._held[key]


class View:
    """The paths of a run, (n,) of which are `chosen` where they are those of one market model.

    Attributes
    ----------
    weight
        (n,) of each path.
    group
        (n,) of each path's draw of parameters, rising; None where all share one.
    """

    def __init__(self, parts: Parts, reads: Sequence[Read]) -> None:
        self.parts, self._ahead = parts, _Ahead(parts, reads)
        self._shelf = _Shelf[Column](max(SLAB_BYTES // (8 * parts.n_paths), _FEWEST_COLUMNS))
        self._share = _Shelf[Values](1)
        self.weight: Floats = parts.weight
        self.group: Integers | None = parts.group

    def column(self, read: Read, arm: int) -> Column:
        """An outcome or a metric of an arm."""
        return self._shelf.take((read.key, arm),
                                lambda: Column(self._ahead.take(read, arm)[0], self.weight, self.group))

    def share(self, read: Read, arm: int) -> Values:
        """A metric, and what it is a share of."""
        return self._share.take((read.key, arm), lambda: self._ahead.take(read, arm))


class OfModel(View):
    """Those of the paths of a view that one market model made."""

    def __init__(self, whole: View, chosen: Flags) -> None:
        self.parts, self.whole, self.chosen, self._shelf = whole.parts, whole, chosen, _Shelf[Column](
            _FEWEST_COLUMNS)
        self.weight = whole.parts.stored_weight[chosen]
        self.group = None if whole.group is None else whole.group[chosen]

    def column(self, read: Read, arm: int) -> Column:
        """See `View`."""
        return self._shelf.take((read.key, arm),
                                lambda: self.whole.column(read, arm).on(self.chosen, self.weight, self.group))

    def share(self, read: Read, arm: int) -> Values:
        """See `View`."""
        x, of = self.whole.share(read, arm)
        return x[self.chosen], None if of is None else of[self.chosen]


def of_models(whole: View) -> list[OfModel]:
    """The paths of each market model of a run."""
    mixture, n_paths = whole.parts.mixture, whole.parts.n_paths
    models = mixture.model_of(np.arange(n_paths)).astype(np.int16)
    return [OfModel(whole, models == number) for number in range(len(mixture.models))]
