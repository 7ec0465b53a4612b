"""The assembly of the stages of a day: vector registers, no libm, no gather."""

import importlib
import inspect
import pkgutil
import re

import numba
import numpy as np
import pytest

from backstop import kernels
from backstop.kernels import step
from backstop.kernels.machine.frames import frame
from backstop.kernels.machine.jit import Index
from backstop.kernels.machine.mode import DISABLED
from backstop.kernels.market import tile as market_tile
from backstop.kernels.market.tile import market_work, open_market
from backstop.kernels.state import Seam, open_arm
from markets import asset, resolved
from oracle.designs import random_design

NOT_VECTORS = {
    ("lanes", "clear"): "LLVM makes it a call of memset",
    ("lanes", "copy"): "LLVM makes it a call of memcpy",
    ("record", "_count"): "adds to a histogram: the scattered write is the point",
    ("inventory", "is_stocked"): "stops at the first lane it finds",
    ("demands", "_margin"): "LLVM keeps it scalar; only contracts with margin calls run it",
    ("demands", "_demand"): "likewise, with demands before maturity",
    ("compensation", "_recover"): "likewise, with clawbacks",
    ("suspension", "_hold_close"): "likewise, where an asset is suspended",
    ("causes", "_share"): "LLVM keeps it scalar: sales shared by cause, once a fund and day; it is slow",
    ("purchase", "_choose_units"): "likewise; only facilities that buy from funds run it",
    ("resale", "_find_return"): "likewise; only facilities that share gains run it",
    ("windows", "_cut_window"): "likewise; at the horizon alone",
    ("bootstrap", "_take_residuals"): "gathers days of the data, which without 512-bit vectors is scalar code",
}
GATHERS = {
    ("transform", "map_row"): "looks up a table: the gather is the point",
    ("bootstrap", "_take_residuals"): "looks up a day of the data: the gather is the point",
}
LIBM = re.compile(r"\b(log|exp|pow|sin|cos|tan|log1p|expm1|exp2|log2|fmod|floor|rint)f?\b(@PLT)?$", re.MULTILINE)
pytestmark = pytest.mark.skipif(DISABLED, reason="reads compiled code")


def compile_anew(kernel, *args):
    """Compiled without the disk cache, which keeps no listing; the stages keep theirs."""
    numba.njit(error_model="numpy", nogil=True)(kernel.py_func)(*args)


@pytest.fixture(scope="module")
def listings():
    design = random_design(3, 8)
    state = open_arm(design.arm, 8)
    terms, lanes = frame(design.arm), Index(8)
    seam = frame(Seam(design.log_return, design.volatility))
    for part in step.PARTS:
        compile_anew(part, terms, frame(state), seam, Index(0), lanes)
    compile_anew(step._close_arm, terms, frame(state), lanes)
    market = resolved(asset("a"), days=1)
    work = market_work(market, open_market(market, 8), np.empty((1, 1, 8)), np.empty((1, 1, 8)))
    compile_anew(market_tile._market_tile, work, *(Index(n) for n in (1, 0, 0, 1)), lanes)
    return dict(stages())


def stages():
    """Every compiled stage with a loop over lanes, and its assembly."""
    for module in pkgutil.walk_packages(kernels.__path__, "backstop.kernels."):
        for name, stage in vars(importlib.import_module(module.name)).items():
            is_own = getattr(stage, "__module__", "") == module.name
            if is_own and getattr(stage, "signatures", None) and is_over_lanes(stage.py_func):
                yield (module.name.rsplit(".", 1)[1], name), "\n".join(stage.inspect_asm().values())


def is_over_lanes(function):
    """Whether a stage loops over lanes, in its own source or by `jit.over_lanes`."""
    return hasattr(function, "of_lane") or "in range(FIRST, lanes)" in inspect.getsource(function)


def test_every_stage_of_a_day_is_there(listings):
    assert len(listings) > 100


def test_stages_use_vector_registers(listings):
    scalar = {stage for stage, code in listings.items() if "%zmm" not in code and "%ymm" not in code}
    assert scalar <= set(NOT_VECTORS)


def test_no_stage_gathers(listings):
    assert {stage for stage, code in listings.items() if "gather" in code} <= set(GATHERS)


def test_no_stage_calls_libm(listings):
    assert [stage for stage, code in listings.items() if LIBM.search(code)] == []
