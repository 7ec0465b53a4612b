"""Commands that are wrong, each with what is said of it, and the command that a reader then gives."""

from functools import cache
from typing import NamedTuple

from commands import SMALL, run_here
from remedies.templates import SOURCES

PRICES = SOURCES / "market" / "prices" / "csi300.parquet"
DRY = ("run", SMALL, "--dry-run")
SWEEP = ("sweep", SMALL, "--paths", 8, "--vary")
SIZES = "pool.layers.last.size=1e8:1e9:2"
RARE = ("rare", SMALL, "--event")


class Call(NamedTuple):
    """A command line that is wrong, and the one that the message leads to."""

    arguments: tuple
    said: str
    then: tuple


class Read(NamedTuple):
    """A command whose screen has a remedy in it, and the one that a reader gives after it."""

    arguments: tuple
    said: str
    then: tuple


@cache
def ended(arguments):
    """How a command ends."""
    return run_here(*arguments)


def _set(wrong, said, right):
    return Call(("check", SMALL, "--set", wrong), said, ("check", SMALL, "--set", right))


CALLS = [
    Call(("check",), "CONFIG is missing; write it, as `backstop check", ("check", SMALL)),
    Call(("check", SMALL, "more"), "more is more than it takes; leave it out", ("check", SMALL)),
    Call((*DRY, "--paths"), "takes a value, which is missing; write --paths VALUE", DRY),
    Call((*DRY, "--quiet=3"), "is a switch, without a value; write --quiet alone", (*DRY, "--quiet")),
    Call((*DRY, "--engine", "locla"), "'locla' is not among the choices; did you mean 'local'? write local or dask",
         (*DRY, "--engine", "local")),
    _set("run.paths", "write key=value, such as run.paths=1000", "run.paths=1000"),
    _set("run..paths=3", "is no dotted key", "funds.equity.nav=5e9"),
    _set("run.paths=3 4", "is no TOML value", "run.paths=3"),
    _set("run.paths.more=3", "is a single value; leave out .more", "run.paths=3"),
    _set("funds.equty.nav=1e9", "did you mean 'equity'?", "funds.equity.nav=1e9"),
    _set("funds.zzz.nav=1e9", "write one of equity", "funds.equity.nav=1e9"),
    _set("facilities.backstop.fund_cap_frac=0.1", "write it in facilities",
         "facilities.backstop.advance.fund_cap_frac=0.1"),
    _set("scenario.preset=crash2015", "did you mean", "scenario.preset=crash-2015"),
    Call(("check", "none.toml"), "backstop init writes one", ("init", ".")),
    Call(("history", SMALL.parent), "is a folder, and a config is a file; name a TOML file", ("check", SMALL)),
    Call(("check", PRICES), "is a table, and this is to be TOML", ("calibrate", PRICES, "--quiet")),
    Call(("verify", SMALL), "name the folder of a run", ("check", SMALL)),
    Call(("init", ".", "--example", "uk"), "there is no example 'uk'", ("init", ".", "--example", "us")),
    Call((*DRY, "--design", "rbi"), "there is no design", (*DRY, "--design", "rbi-slf-mf-2020")),
    Call((*DRY, "--scheduler", "tcp://h:1"), "is for --engine dask; add that", (*DRY,)),
    Call(("quality", SMALL, "--engine", "dask", "--scheduler", "tcp://h:1"),
         "name it with --scratch, a folder or a URL", ("quality", SMALL)),
    Call(("run", SMALL, "--blocks", "3"), "write A:B for blocks", DRY),
    Call(("run", SMALL, "--blocks", "0:1", "--engine", "dask"), "leave out --engine", DRY),
    Call(("run", SMALL, "--blocks", "0:1", "--json", "--decompose"), "makes some blocks of a run and nothing else",
         DRY),
    Call((*SWEEP, "pool.layers.last.size"), "is no list and no range", (*SWEEP, SIZES)),
    Call((*SWEEP, "pool.layers.last.size=1e8,1e9,1e9"), "stands there twice; write each value once",
         (*SWEEP, "pool.layers.last.size=1e8,1e9")),
    Call((*SWEEP, SIZES + "000"), "N from 2 to", (*SWEEP, SIZES)),
    Call((*SWEEP, SIZES, "--vary", SIZES), "is given twice; leave one out", (*SWEEP, SIZES)),
    Call((*SWEEP, SIZES, "--objective", "injectd"), "injectd", (*SWEEP, SIZES)),
    Call((*SWEEP, SIZES, "--objective", "injected=best"), "is no objective", (*SWEEP, SIZES)),
    Call((*SWEEP, SIZES, "--objective", "injected", "--objective", "injected=max"), "one metric is given twice",
         (*SWEEP, SIZES)),
    Call((*SWEEP, "pool.layers.last.size=1e8:1e9", "--design", "sobol", "--n", 5), "in powers of two; write 4",
         (*SWEEP, SIZES)),
    Call((*SWEEP, "pool.layers.last.size=1e8:1e9:100", "--vary", "pool.layers.first.size=1e7:1e8:100",
          "--vary", "funds.equity.nav=1e9:2e9:9"),
         "is the most; take fewer values", (*SWEEP, SIZES)),
    Call(("size", SMALL, "--paths", 64, "--target", 1.5), "is no chance", ("size", SMALL, "--paths", 64, "--target",
                                                                           0.01)),
    Call(("history", SMALL), "the index has no prices, so no history", ("check", SMALL)),
    Call((*RARE, "dry", "--paths", 9), "for each of", ("check", SMALL)),
    Call(("simulate", SMALL, "-o", "a.csv"), "parquet is what is written; name it a.parquet",
         ("simulate", SMALL, "-o", "a.parquet", "--paths", 8)),
    Call(("simulate", SMALL, "-o", "no/a.parquet"), "make that folder first", ("simulate", SMALL, "-o", "a.parquet",
                                                                               "--paths", 8)),
    Call(("trace", SMALL, "--path", 99, "-o", "a.parquet"), "write 0 to 63", ("trace", SMALL, "--path", 63, "-o",
                                                                              "a.parquet")),
    Call(("show", "."), "has no manifest", ("check", SMALL)),
    Call(("validate", "nothing"), "write one of", ("validate", "drawdown")),
    Call(("calibrate", "builtin:csi30"), "no such built-in", ("check", SMALL)),
    Call(("designs", "--scenario", "crash-2015"), "name a config as well", ("designs",)),
    Call(("merge", "."), "holds no blocks", DRY),
    Call(("sensitivity", SMALL, "--paths", 8), "has no number tagged", ("check", SMALL)),
    Call(("quality", SMALL, "--sweep", "x"), "is no grid", ("check", SMALL)),
    Call(("hazard", SMALL, "--arm", "fnd"), "there is no such arm", ("check", SMALL)),
    Call(("calibrate", "builtin:csi300", "--model", "garhc"), "garhc", ("check", SMALL)),
]  # fmt: skip

SCREENS = [
    Read((*SWEEP, SIZES, "--objective", "technology_saved_window_end"), "name another --objective",
         (*SWEEP, SIZES, "--objective", "injected")),
]
