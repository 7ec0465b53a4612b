"""The Python API: what commands do, as functions that return frames; what they write is what the commands write."""

from backstop.api.answers import (
    HistoryAnswer,
    RareAnswer,
    ReverseAnswer,
    SensitivityAnswer,
    SizeAnswer,
    SweepAnswer,
)
from backstop.api.designs import optimise, rare, reverse, sensitivity, sweep
from backstop.api.markets import calibrate, simulate
from backstop.api.questions import history, size
from backstop.api.running import load_config, open_run, run
from backstop.api.stored import Run

__all__ = ["HistoryAnswer", "RareAnswer", "ReverseAnswer", "Run", "SensitivityAnswer", "SizeAnswer", "SweepAnswer",
           "calibrate", "history", "load_config", "open_run", "optimise", "rare", "reverse", "run", "sensitivity",
           "simulate", "size", "sweep"]
