"""A question of a sweep from the texts of a command or a call."""

from collections.abc import Sequence
from typing import NamedTuple

from backstop.answers.sweeping.factors import parse_factors
from backstop.answers.sweeping.objectives import parse_limits
from backstop.answers.sweeping.plans import Kind, plan
from backstop.answers.sweeping.sweep import Question
from backstop.config.text.load import checked
from backstop.config.text.toml_files import ConfigText
from backstop.errors import ConfigError

DEFAULT_OBJECTIVES = ("technology_saved_window_end", "cost_a_year")
DEFAULT_DESIGNS = 64


class Designs(NamedTuple):
    """Which designs are run.

    Attributes
    ----------
    vary
        ``KEY=A,B,C`` or ``KEY=LOW:HIGH[:N]`` each.
    n
        Designs of lhs and sobol, points of indices; not asked for in a grid.
    """

    vary: Sequence[str]
    kind: Kind = "grid"
    n: int = DEFAULT_DESIGNS


class Wanted(NamedTuple):
    """What designs are judged by.

    Attributes
    ----------
    objectives
        ``METRIC`` or ``METRIC/METRIC``, then ``=max`` or ``=min`` or neither; the usual two without any.
    keep
        ``METRIC<NUMBER`` or ``METRIC>NUMBER`` each.
    zones
        ``METRIC=NUMBER`` each.
    per
        ``METRIC/METRIC``.
    is_halving
        Few paths first, then twice as many for those that may be on the frontier.
    seeks_best
        What moves the leading design, and which limit binds, are asked too.
    """

    objectives: Sequence[str] = ()
    keep: Sequence[str] = ()
    zones: Sequence[str] = ()
    per: str | None = None
    is_halving: bool = False
    seeks_best: bool = False


def best_of_all(best: str, keep: Sequence[str] = (), zones: Sequence[str] = ()) -> Wanted:
    """The best of one objective, by halving."""
    return Wanted((best,), keep, zones, None, is_halving=True, seeks_best=True)


def question_of(config: ConfigText, settings: Sequence[str], arm: str | None, designs: Designs, wanted: Wanted
                ) -> Question:
    """What is asked of a config with ``key=value`` of `settings` in it; `arm` is what is varied, None for the first.

    Raises
    ------
    ConfigError
        A text that is not of its form; indices with halving; too many designs.
    """
    if wanted.is_halving and designs.kind == "indices":
        raise ConfigError(["--halving: indices need every design on all paths; leave one of the two out"])
    if designs.kind == "indices" and any("/" in text for text in wanted.objectives):
        raise ConfigError(["--design indices: are of metrics, not of one over another; write --objective METRIC"])
    seed = checked(config, settings).run.seed
    factors = parse_factors(designs.vary, config)
    return Question(config, tuple(settings), arm, tuple(factors), plan(designs.kind, factors, designs.n, seed),
                    tuple(wanted.objectives or DEFAULT_OBJECTIVES), tuple(parse_limits(wanted.keep)),
                    _zones(wanted.zones), _per(wanted.per), wanted.is_halving, wanted.seeks_best)


def _zones(texts: Sequence[str]) -> dict[str, float]:
    zones = {}
    for text in texts:
        metric, _, number = text.partition("=")
        try:
            zones[metric] = float(number)
        except ValueError:
            raise ConfigError([f"--zone {text}: write METRIC=NUMBER, such as cost_a_year=1e8"]) from None
    return zones


def _per(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    one, slash, other = text.partition("/")
    if not (one and slash and other):
        raise ConfigError([f"--per {text}: write METRIC/METRIC, such as technology_saved_window_end/cost_a_year"])
    return one, other
