"""Successive halving: many designs on few paths, those that surely do not belong dropped, the rest on twice as many.

What is dropped, and how seldom wrongly, says `surely`.
"""

from backstop.answers.sweeping.measure import Span

FEWEST_PATHS = 128
"""Of the first round. [ours]"""
_FEWEST_CYCLES = 2


def rounds(n_paths: int, is_halving: bool, cycle: int = 1) -> list[Span]:
    """Paths of each round, from the first on; one round of all without halving.

    A round ends with whole cycles of the market models, and the first has two of them or more.
    """
    ends = [n_paths]
    while is_halving:
        half = ends[0] // 2 // cycle * cycle
        if half < max(FEWEST_PATHS, _FEWEST_CYCLES * cycle):
            break
        ends.insert(0, half)
    return [Span(first, last) for first, last in zip([0, *ends[:-1]], ends, strict=True)]
