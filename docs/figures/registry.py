"""Which figures stand on which page."""

from collections.abc import Callable, Mapping
from functools import partial

from docs.figures import (
    answers,
    ashare,
    behaviour,
    facilities,
    history,
    investors,
    picture,
    quality,
    screens,
    speed,
    tutorial,
)
from docs.figures.workshop import Workshop

FIGURES: Mapping[str, Mapping[str, Callable[[Workshop], str]]] = {
    "README.md": {"answer": picture.answer_and_picture},
    "docs/tutorial.md": {name: getattr(tutorial, name)
                         for name in ("check", "arms", "run", "size", "history", "models", "memo")},
    "docs/screens.md": {"check": screens.check, "run-crash": screens.run_crash, "size": screens.size,
                        "history": screens.history, "quality": screens.quality, "designs": screens.designs},
    "docs/ashare.md": {"main": ashare.main, "base": partial(ashare.horizons, market=""),
                       "crash": partial(ashare.horizons, market=ashare.CRASH), "crash-models": ashare.crash_models,
                       "rebuys": ashare.rebuys, "margin": ashare.margin},
    "docs/behaviour.md": {"windows": behaviour.windows, "solvency": behaviour.solvency},
    "docs/facilities.md": {"crash-2015": partial(facilities.designs, scenario="crash-2015"),
                           "crash-2008": partial(facilities.designs, scenario="crash-2008")},
    "docs/history.md": {"own": history.own, "designs": history.designs, "keys": history.keys},
    "docs/investors.md": {"months": investors.months},
    "docs/size.md": {"size": answers.size, "years": answers.years},
    "docs/sweep.md": {"best": answers.best, "kept": answers.kept},
    "docs/sensitivity.md": {"sensitivity": answers.sensitivity},
    "docs/reverse.md": {"reverse": answers.reverse},
    "docs/hazard.md": {"hazard": answers.hazard},
    "docs/speed.md": {"counts": speed.counts, "day": speed.day, "gains": speed.gains},
    "docs/quality.md": {"material": quality.material},
}
