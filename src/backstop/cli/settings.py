"""The options that change what a config says."""

import os
from typing import NamedTuple

from backstop.cli.options import Design, Market, Models, Paths, Seed, Set, Threads


class Settings(NamedTuple):
    """As given on the command line; None for what was not."""

    paths: Paths = None
    seed: Seed = None
    threads: Threads = None
    sets: Set = None
    market: Market = None
    models: Models = None
    design: Design = None

    @property
    def overrides(self) -> list[str]:
        """``key=value`` of the config for each option: all but ``--set`` are words for keys."""
        from backstop.config.text.overrides import settings_of

        models = None if self.models is None else [word.strip() for word in self.models.split(",")]
        return settings_of(self.sets or [], paths=self.paths, seed=self.seed, market=self.market, models=models,
                           design=self.design)

    @property
    def n_threads(self) -> int:
        """As told, else one a core that is ours to use."""
        return self.threads or len(os.sched_getaffinity(0))
