"""The hash of compiled code changes with what kernels see, and with nothing else."""

import gc
import inspect
import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

from backstop import outcomes
from backstop.kernels.machine import fingerprint
from backstop.kernels.machine.fingerprint import code_of, kernel_hash, seen_of
from backstop.terms import funds, kinds, market, prices


def a_package(folder, *files):
    """A folder of sources, each as said."""
    for name, text in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("files", [
    [("kernels/pool/books.py", "a"), ("kernels/funds/books.py", "c")],
    [("kernels/pool/books.py", "c"), ("kernels/funds/books.py", "b")],
    [("kernels/pool/books.py", "b"), ("kernels/funds/books.py", "a")],
    [("kernels/pool/books.py", "a"), ("kernels/funds/deep/books.py", "b")],
])
def test_an_edit_in_any_room_or_a_move_between_rooms_changes_the_hash(tmp_path, monkeypatch, files):
    before = a_package(tmp_path / "before", ("kernels/pool/books.py", "a"), ("kernels/funds/books.py", "b"))
    hashes = []
    for folder in (before, a_package(tmp_path / "after", *files)):
        monkeypatch.setattr(fingerprint, "PACKAGE_FOLDER", folder)
        hashes.append(kernel_hash())
    assert hashes[0] != hashes[1]


def seen(module: ModuleType, old: str = "", new: str = "") -> list[str]:
    """What kernels see of a module of which `old` is written as `new`."""
    source = inspect.getsource(module)
    assert old in source
    names = {"__name__": module.__name__}
    exec(compile(source.replace(old, new), module.__name__, "exec"), names)
    return list(seen_of(names))


@pytest.mark.parametrize(("module", "old", "new"), [
    (funds, '"share of NAV", "cash that it keeps"', '"share of cash", "what it never pays out"'),
    (funds, "Funds at the opening and how they trade", "How funds open"),
    (market, '"asset lag"', '"lag asset"'),
    (kinds, "in proportion to premiums paid, then to claims", "by premiums first"),
    (kinds, '"share", True, 0.0, 1.0, True, (0.01, 0.2)', '"share of price", True, 0.0, 0.9, True, (0.02, 0.2)'),
    (outcomes, "cash that reached funds", "what was paid to funds"),
])
def test_rewording_what_is_declared_compiles_nothing_anew(module, old, new):
    assert seen(module, old, new) == seen(module)


@pytest.mark.parametrize(("module", "old", "new"), [
    (funds, "    cash_open:", "    cash_first:"),
    (funds, "liquidation_rule: Annotated[Integers,", "liquidation_rule: Annotated[Floats,"),
    (prices, "    kappa: Annotated", "    kappa_a_day: Annotated"),
    (kinds, "    WATERFALL =", "    IN_ORDER ="),
    (kinds, "    PRO_RATA = Rule(", "    NONE = Rule('none', 'x')\n    PRO_RATA = Rule("),
    (outcomes, 'Outcome("injected", "currency", "cash that', 'Outcome("given", "currency", "cash that'),
    (outcomes, '0.0, 4.0)', '0.0, 5.0)'),
    (outcomes, "N_BINS = 512", "N_BINS = 256"),
])
def test_a_field_that_is_renamed_or_of_another_type_and_a_code_that_moves_compile_anew(module, old, new):
    assert seen(module, old, new) != seen(module)


def test_a_field_that_moves_compiles_anew():
    source = inspect.getsource(funds).splitlines()
    (first,) = [n for n, line in enumerate(source) if line.startswith("    cash_open:")]
    moved = "\n".join([source[first + 1], source[first]])
    assert seen(funds, "\n".join(source[first : first + 2]), moved) != seen(funds)


STATE = '''"""Funds."""
class Funds(NamedTuple):
    cash: Annotated[Floats, Rows("quanta", "own money")]
    """At the close."""
    nav: Annotated[Floats, Rows("quanta", "assets less liabilities")]
'''


def test_prose_of_declared_state_is_no_code_and_its_fields_are():
    reworded = STATE.replace("own money", "what it has").replace("At the close", "In the evening")
    assert code_of(reworded) == code_of(STATE)
    assert code_of(STATE.replace("cash:", "money:")) != code_of(STATE)
    assert code_of(STATE.replace("nav: Annotated[Floats", "nav: Annotated[Integers")) != code_of(STATE)


def test_of_other_modules_every_letter_counts():
    assert code_of("x = 1  # a") != code_of("x = 1  # b")


def test_threads_that_read_sources_at_once_do_not_fail():
    # a callback that lets other threads run, as some tools install one, is what makes them meet in one tree
    def let_others_run(_phase, _info):
        time.sleep(0)

    gc.callbacks.append(let_others_run)
    try:
        with ThreadPoolExecutor(4) as threads:
            trees = set(threads.map(code_of, [STATE * 200] * 20))
    finally:
        gc.callbacks.remove(let_others_run)
    assert len(trees) == 1
