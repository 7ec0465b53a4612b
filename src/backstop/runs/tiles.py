"""How a run is cut: blocks of paths, each written as one part, and tiles of lanes that run side by side.

Blocks follow from the terms alone, so that parts are the same bytes on any machine. Lanes follow from the machine too:
they change no outcome.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from backstop.kernels.axes import lengths_of
from backstop.kernels.state import FIELDS, ArmState, allocate_arm
from backstop.terms import ArmTerms, RunTerms

# off powers of two, whose rows would share cache sets; a multiple of the widest vector
MAX_LANES = 264
LANES_IN_VECTOR = 8
FEWEST_LANES = 72
"""Below it, calls of stages weigh more than what the second cache saves: with 512 KiB of it 24 lanes take 1.4 times the
CPU for 4 funds, 1.3 times for 20 and 1.2 times for 80, and 264 lanes .9, .9 and 1.5 times."""
USUAL_CACHE_BYTES = 2**20
"""Of a core's second cache, where the machine does not say."""
SEAM_BYTES = 64 * 2**20
"""Most that the seam of one tile may take; it is read in order."""
MAX_BLOCK_PATHS = 8192
BLOCK_BYTES = 64 * 2**20
"""Most that the outcomes of one block may take."""
CALL_SECONDS = 0.05
"""What one kernel call should take: nothing is interrupted within a call."""
_FUND_SECONDS, _HOLDING_SECONDS = 60e-9, 6e-9


class Layout(NamedTuple):
    """Sizes that a run is cut into."""

    lanes: int
    """Paths of a tile."""
    block_paths: int
    days_per_call: int


class Block(NamedTuple):
    """Paths ``first_path`` to ``first_path + n_paths - 1``, the part of that `number`."""

    number: int
    first_path: int
    n_paths: int


class Tile(NamedTuple):
    """`n_lanes` paths of a block, from its path number `offset` (from 0)."""

    first_path: int
    offset: int
    n_lanes: int


def state_bytes(state: ArmState) -> int:
    """Memory of one arm's state, its daily counts left out."""
    return sum(field.nbytes for part in state[:-1] for field in part)


def shape_of(arm: ArmTerms) -> tuple[int, ...]:
    """Rows of each field of an arm's state: arms of one shape have states that are alike."""
    lengths = lengths_of(arm)
    return tuple(field.n_rows(arm, lengths) for field in FIELDS)


def one_lane_of_arms(terms: RunTerms) -> list[ArmState]:
    """The state of each arm in one lane; arms of one shape share one."""
    states: dict[tuple[int, ...], ArmState] = {}
    found = []
    for arm in terms.arms:
        shape = shape_of(arm)
        if shape not in states:
            states[shape] = allocate_arm(arm, 1, 0)
        found.append(states[shape])
    return found


def outcome_bytes(terms: RunTerms) -> int:
    """Memory of the outcomes of one path over all arms."""
    return sum(field.nbytes for state in one_lane_of_arms(terms) for field in [*state.path_tally, *state.fund_tally])


def arm_bytes(terms: RunTerms) -> int:
    """Memory of one lane of the largest arm."""
    return max(state_bytes(state) for state in one_lane_of_arms(terms))


def has_feedback(terms: RunTerms) -> bool:
    """Whether impact feeds variance in some arm."""
    return any(len(arm.prices.feedback.is_fed) > 0 for arm in terms.arms)


def seam_bytes(terms: RunTerms) -> int:
    """Memory of one lane of what all arms share: log return, volatility (twice if arms write them), foresight."""
    copies = 2 if has_feedback(terms) else 1
    none = terms.arms[0]
    n_back, n_replayed = len(none.judging.index_history), 2 * none.prices.replay.log_close.size
    return 8 * (terms.n_days * (2 * copies * len(terms.names.assets) + 2) + n_back + n_replayed)


@cache
def second_cache_bytes() -> int:
    """What a core of this machine has to itself, beside a first cache that holds a few rows."""
    try:
        size = Path("/sys/devices/system/cpu/cpu0/cache/index2/size").read_text().strip()
        return int(size.removesuffix("K")) * 2**10
    except (OSError, ValueError):
        return USUAL_CACHE_BYTES


def layout_of(terms: RunTerms, cache_bytes: int | None = None) -> Layout:
    """The cut of a run: as many lanes as keep an arm's state in a cache of `cache_bytes`, that of this machine."""
    wanted = max((cache_bytes or second_cache_bytes()) // arm_bytes(terms), FEWEST_LANES)
    lanes = _whole_vectors(min(wanted, SEAM_BYTES // seam_bytes(terms), MAX_LANES))
    most_paths = min(MAX_BLOCK_PATHS, BLOCK_BYTES // outcome_bytes(terms))
    size = MAX_LANES if most_paths >= MAX_LANES else LANES_IN_VECTOR
    return Layout(lanes, max(most_paths // size, 1) * size, _days_per_call(terms, lanes))


def _whole_vectors(lanes: int) -> int:
    return max(lanes // LANES_IN_VECTOR, 1) * LANES_IN_VECTOR


def _days_per_call(terms: RunTerms, lanes: int) -> int:
    n_funds, n_assets = len(terms.names.funds), len(terms.names.assets)
    day_seconds = lanes * n_funds * (_FUND_SECONDS + _HOLDING_SECONDS * n_assets)
    return max(int(CALL_SECONDS / day_seconds), 1)


def blocks_of(n_paths: int, layout: Layout) -> list[Block]:
    """The blocks of a run of `n_paths` paths, in order."""
    size = layout.block_paths
    firsts = range(0, n_paths, size)
    return [Block(number, first, min(size, n_paths - first)) for number, first in enumerate(firsts)]


def tiles_of(block: Block, layout: Layout) -> Iterator[Tile]:
    """The tiles of a block, in order."""
    for offset in range(0, block.n_paths, layout.lanes):
        yield Tile(block.first_path + offset, offset, min(layout.lanes, block.n_paths - offset))
