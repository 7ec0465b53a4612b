"""A stress-tester for public liquidity backstops: from prices and a config to how large, when, and on what terms.

Importing it costs next to nothing: what a name needs is imported when the name is first used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backstop.api import (
        calibrate,
        history,
        load_config,
        open_run,
        optimise,
        rare,
        reverse,
        run,
        sensitivity,
        simulate,
        size,
        sweep,
    )
else:
    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module 'backstop' has no attribute {name!r}; it has {', '.join(__all__)}")
        from backstop import api

        return getattr(api, name)

    def __dir__():
        return list(__all__)

__all__ = ["calibrate", "history", "load_config", "open_run", "optimise", "rare", "reverse", "run", "sensitivity",
           "simulate", "size", "sweep"]
