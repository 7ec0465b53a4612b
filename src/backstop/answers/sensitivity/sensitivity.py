"""Every assumption moved by itself: by how much it moves a headline, and whether it turns its sign."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from backstop.answers.estimators import Estimate
from backstop.answers.sensitivity.variations import LeftOut, Variation, variations
from backstop.answers.sweeping.batches import batches_of
from backstop.answers.sweeping.figures import difference, estimate, resamples
from backstop.answers.sweeping.measure import Span, measured
from backstop.answers.sweeping.objectives import Quantity, quantity_of
from backstop.answers.sweeping.store import identity_of, opened
from backstop.answers.sweeping.worlds import Design, worlds
from backstop.config.text.problems import written
from backstop.config.text.tags import tagged_numbers
from backstop.config.text.toml_files import ConfigText, parse
from backstop.errors import ConfigError
from backstop.runs.assemble import assemble_text
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.workers import Workers
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


class Asked(NamedTuple):
    """What is varied, and what is watched; `arm` None is the first."""

    config: ConfigText
    settings: tuple[str, ...] = ()
    arm: str | None = None
    headline: str = HEADLINE
    tags: tuple[str, ...] = ("ours",)


def sensitivity(asked: Asked, folder: Path | None, workers: Workers, on_progress: OnProgress = quiet) -> Sensitivity:
    """Vary all numbers of a config that have one of the tags, one at a time, on the shocks of the config.

    What was varied is kept in `folder`: the same question goes on where it was stopped.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend; no such metric; no number with such a tag.
    DirectoryRefused, EnvironmentFailure
        The folder holds something else, or cannot be written.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    config, tags = asked.config, asked.tags
    tree, numbers = parse(config.text, str(config.path)), tagged_numbers(config.text)
    chosen = [number for number in numbers if number.tag in tags]
    if not chosen:
        raise ConfigError([f"{config.path}: has no number tagged {' or '.join(tags)}; write [ours] in the comment "
                           "behind a number that is an assumption"])
    found = list(variations(tree, chosen, config, asked.settings))
    moves = {f"{one.key} {one.side}": one for one in found if isinstance(one, Variation)}
    known, refused = _run(asked, folder, moves, workers, on_progress)
    base = known.estimate(BASE)
    if base is None:
        raise ConfigError([f"--headline {asked.headline}: no path has a value of it; choose another"])
    moved = [_moved(one, known, name, base) for name, one in moves.items() if name in known.sums]
    left_out = [one for one in found if isinstance(one, LeftOut)] + refused
    untagged = tuple(written(tree, number.place) for number in numbers if not number.tag)
    return Sensitivity(str(config.path), known.currency, known.n_paths, known.quantity, base,
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


def _run(asked: Asked, folder: Path | None, moves: Mapping[str, Variation], workers: Workers, on_progress: OnProgress
         ) -> tuple[_Known, list[LeftOut]]:
    """The config and all its variations, world by world."""
    request = assemble_text(asked.config, asked.settings).request
    batches, span = batches_of(request), Span(0, request.n_paths)
    quantity = quantity_of(request.terms.names, asked.headline)
    designs = [Design(BASE, {}), *(Design(name, one.values) for name, one in moves.items())]
    meter, refused = Meter("varying", len(designs), on_progress), list[LeftOut]()
    with opened(folder, identity_of(request, asked.arm, (quantity.metric,), batches.n), (1, 2, batches.n)) as store:
        missing = store.missing(designs, span)
        meter.add(len(designs) - len(missing))
        for world, nonsense in worlds(asked.config, asked.settings, asked.arm, missing):
            refused += [LeftOut(moves[one.design.name].key, moves[one.design.name].side, one.reason)
                        for one in nonsense]
            meter.add(len(nonsense))
            for batch in () if world is None else measured(world, (quantity.metric,), span, batches, workers):
                store.add(batch, span)
                meter.add(len(batch))
        left = {design.name for design in store.missing(designs, span)}
        sums = {design.name: store.sums(design, [span])[0] for design in designs if design.name not in left}
    return _Known(quantity, request.currency, request.n_paths, resamples(batches), sums), refused


def _moved(one: Variation, known: _Known, name: str, base: Estimate) -> Moved | None:
    own, effect = known.estimate(name), known.effect(name)
    if own is None or effect is None:
        return None
    farthest = own.upper if base.value > 0.0 else own.lower
    turns = own.value * base.value < 0.0
    is_sure = turns and farthest is not None and farthest * base.value < 0.0
    return Moved(one.key, one.number.line, one.number.tag, one.side, float(one.number.value), one.value,
                 one.is_stated, own, effect, turns, is_sure)
