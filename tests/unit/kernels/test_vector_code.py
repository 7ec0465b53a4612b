"""The assembly of the stages of a day: vector registers, no libm, no gather."""

import importlib
import inspect
import pkgutil
import re

import pytest

from backstop import kernels
from backstop.kernels.facility.admission import draw_take_up
from backstop.kernels.machine.entries import loaded_works
from backstop.kernels.machine.frames import frame
from backstop.kernels.machine.jit import make_ready
from backstop.kernels.machine.mode import DISABLED
from backstop.kernels.market.tile import rehearse_market
from backstop.kernels.state import open_arm
from backstop.kernels.step import close_arm, run_arm
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
    ("purchase", "_choose_units"): "likewise; only facilities that buy from funds run it",
    ("resale", "_find_return"): "likewise; only facilities that share gains run it",
    ("bottoms", "_null_bottoms"): "likewise; at the horizon alone",
    ("windows", "_cut_window"): "likewise; at the horizon alone",
    ("bootstrap", "_take_residuals"): "gathers days of the data, which without 512-bit vectors is scalar code",
    ("transform", "map_row"): "likewise: gathers nodes of a table",
}
GATHERS = {
    ("transform", "map_row"): "looks up a table: the gather is the point",
    ("bootstrap", "_take_residuals"): "looks up a day of the data: the gather is the point",
}
LIBM = re.compile(r"\b(log|exp|pow|sin|cos|tan|log1p|expm1|exp2|log2|fmod|floor|rint)f?\b(@PLT)?$", re.MULTILINE)
if not DISABLED:
    from backstop.kernels.machine.compiled import compiled_entry
    from backstop.kernels.machine.frame_types import type_of

pytestmark = pytest.mark.skipif(DISABLED, reason="reads compiled code")


@pytest.fixture(scope="module")
def listings():
    """Every stage of a day that some design needs, or the market, with its assembly."""
    make_ready(lambda: [rehearse(random_design(number, 1)) for number in range(30)])
    rules = [compile_here(work) for work in loaded_works() if work.rule.__module__.startswith("backstop.kernels.")]
    return dict(stages()) | {name: code for name, code in rules if code}


def rehearse(design):
    """What a design calls, in no lanes."""
    state = open_arm(design.arm, 1)
    draw_take_up(state.loans, 0, 0, 0)
    run_arm(frame(design.arm), frame(state), design.log_return, design.volatility, 0, len(design.log_return), 0)
    close_arm(frame(design.arm), frame(state), 0)
    rehearse_market(resolved(asset("a"), days=1))


def compile_here(work):
    """A rule by itself, with its assembly; what it is made of keeps its own."""
    kinds = tuple(type_of(form) for form in work.signature)
    found = compiled_entry(work.rule.py_func, kinds)
    name = work.rule.__module__.rsplit(".", 1)[1], work.rule.__name__
    return name, found.library.get_asm_str() if is_over_lanes(work.rule.py_func) else ""


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
