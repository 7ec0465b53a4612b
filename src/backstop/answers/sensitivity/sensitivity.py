"""Every assumption moved by itself: by how much it moves a headline, and whether it turns its sign."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from backstop.answers.estimators import Estimate
from backstop.answers.sensitivity.variations import LeftOut, Variation, variations
from backstop.answers.sweeping.batches import batches_of
from backstop.answers.sweeping.figures import difference, estimate, resamples
from backstop.answers.sweeping.measure import Span, measured
from backstop.answers.sweeping.objectives import Quantity, quantity_of
from backstop.answers.sweeping.worlds import Design, worlds
from backstop.config.text.problems import written
from backstop.config.text.tags import tagged_numbers
from backstop.config.text.toml_files import parse, read_text
from backstop.errors import ConfigError
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.terms import Floats

HEADLINE = "window_sales_averted_share"
BASE = "config"
"""Name of the design that changes nothing."""


class Moved(NamedTuple):
    """What a headline comes to with one number moved.

    Attributes
    ----------
    effect
        This less the config's, on the same paths.
    turns
        Whether the sign is another than the config's.
    is_sure
        Whether the whole interval is on the other side of 0.
    """

    key: str
    line: int
    tag: str
    side: str
    config_value: float
    value: float
    is_stated: bool
    estimate: Estimate
    effect: Estimate
    turns: bool
    is_sure: bool


class Sensitivity(NamedTuple):
    """All numbers of the chosen tags, those that move the headline most first.

    Attributes
    ----------
    untagged
        Keys of numbers that have no tag, which were varied only if asked for.
    """

    config: str
    currency: str
    n_paths: int
    headline: Quantity
    base: Estimate
    moved: tuple[Moved, ...]
    left_out: tuple[LeftOut, ...]
    untagged: tuple[str, ...]
    tags: tuple[str, ...]

    def ranked(self) -> list[tuple[Moved, ...]]:
        """Both sides of each number together, by the larger effect."""
        by_key: dict[str, list[Moved]] = {}
        for one in self.moved:
            by_key.setdefault(one.key, []).append(one)
        return sorted((tuple(sides) for sides in by_key.values()),
                      key=lambda sides: -max(abs(one.effect.value) for one in sides))


def sensitivity(config: Path, settings: Sequence[str], arm: str | None, headline: str, tags: Sequence[str],
                threads: int, on_progress: OnProgress = quiet) -> Sensitivity:
    """Vary all numbers of a config that have one of `tags`, one at a time, on the shocks of the config.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend; no such metric; no number with such a tag.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    text = read_text(config)
    tree, numbers = parse(text, str(config)), tagged_numbers(text)
    chosen = [number for number in numbers if number.tag in tags]
    if not chosen:
        raise ConfigError([f"{config}: has no number tagged {' or '.join(tags)}; write [ours] in the comment behind a "
                           "number that is an assumption"])
    found = list(variations(tree, chosen, config, settings))
    moves = {f"{one.key} {one.side}": one for one in found if isinstance(one, Variation)}
    known, refused = _run(config, settings, arm, headline, moves, threads, on_progress)
    base = known.estimate(BASE)
    if base is None:
        raise ConfigError([f"--headline {headline}: no path has a value of it; choose another"])
    moved = [_moved(one, known, name, base) for name, one in moves.items() if name in known.sums]
    left_out = [one for one in found if isinstance(one, LeftOut)] + refused
    untagged = tuple(written(tree, number.place) for number in numbers if not number.tag)
    return Sensitivity(str(config), known.currency, known.n_paths, known.quantity, base,
                       tuple(one for one in moved if one is not None), tuple(left_out), untagged, tuple(tags))


class _Known(NamedTuple):
    """Sums over batches of paths by design, (2, B) each, and what they are of."""

    quantity: Quantity
    currency: str
    n_paths: int
    draws: Floats
    sums: dict[str, Floats]

    def estimate(self, name: str) -> Estimate | None:
        """Of a design."""
        return estimate(self.sums[name], self.quantity.unit, self.draws)

    def effect(self, name: str) -> Estimate | None:
        """Of a design less the config's own."""
        return difference(self.sums[name], self.sums[BASE], self.draws)


def _run(config: Path, settings: Sequence[str], arm: str | None, headline: str, moves: Mapping[str, Variation],
         threads: int, on_progress: OnProgress) -> tuple[_Known, list[LeftOut]]:
    """The config and all its variations, world by world; the config's own world comes first."""
    designs = [Design(BASE, {}), *(Design(name, one.values) for name, one in moves.items())]
    meter, refused, sums = Meter("varying", len(designs), on_progress), list[LeftOut](), dict[str, Floats]()
    known: _Known | None = None
    for world, nonsense in worlds(config, settings, arm, designs):
        refused += [LeftOut(moves[one.design.name].key, moves[one.design.name].side, one.reason) for one in nonsense]
        meter.add(len(nonsense))
        if world is None:
            continue
        if known is None:
            request = world.found.request
            batches = batches_of(request)
            known = _Known(quantity_of(request.terms.names, headline), request.currency, request.n_paths,
                           resamples(batches), sums)
        for batch in measured(world, (known.quantity.metric,), Span(0, known.n_paths), batches, threads, on_progress):
            sums.update((design.name, own[0]) for design, own in batch)
            meter.add(len(batch))
    assert known is not None, "the config's own world is never refused"
    return known, refused


def _moved(one: Variation, known: _Known, name: str, base: Estimate) -> Moved | None:
    own, effect = known.estimate(name), known.effect(name)
    if own is None or effect is None:
        return None
    farthest = own.upper if base.value > 0.0 else own.lower
    turns = own.value * base.value < 0.0
    is_sure = turns and farthest is not None and farthest * base.value < 0.0
    return Moved(one.key, one.number.line, one.number.tag, one.side, float(one.number.value), one.value,
                 one.is_stated, own, effect, turns, is_sure)
