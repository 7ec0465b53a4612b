"""Each recipe of docs/DEVELOPERS.md, applied to a copy of the sources as a newcomer would, does what it says."""

import os
import subprocess
import sys

import pytest

from recipes.diffs import PAGE, copy_with, hunks_of, section_of, size_of

PROOFS = {
    "A signal": "signal", "A volatility model": "volatility_model", "An innovation law": "innovation_law",
    "An instrument": "instrument", "An output column": "output", "A covenant": "covenant",
}
"""By the title of a recipe, the module that runs in the changed copy."""


def run_in(folder, *command, is_compiled=False):
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(str(folder / part) for part in ("src", "tests")),
        "NUMBA_DISABLE_JIT": "0" if is_compiled else "1", "BACKSTOP_CACHE_DIR": str(folder / "cache"),
    }
    return subprocess.run([sys.executable, "-W", "ignore::RuntimeWarning", *command], cwd=folder, env=environment,
                          capture_output=True, text=True, check=False)


def recipe(title):
    return section_of(title, PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("title", PROOFS)
def test_a_recipe_works_on_the_code_of_today(title, tmp_path):
    ended = run_in(copy_with(hunks_of(recipe(title)), tmp_path), "-m", f"recipes.{PROOFS[title]}")
    assert ended.returncode == 0, ended.stderr


@pytest.mark.long
@pytest.mark.parametrize("title", PROOFS)
def test_a_recipe_works_compiled(title, tmp_path):
    ended = run_in(copy_with(hunks_of(recipe(title)), tmp_path), "-m", f"recipes.{PROOFS[title]}", is_compiled=True)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("title", PROOFS)
def test_a_recipe_says_how_large_it_is_and_so_does_the_table(title):
    assert size_of(recipe(title)) in " ".join(recipe(title).split())
    rows = section_of("Recipes", PAGE.read_text(encoding="utf-8").replace("## Recipes", "### Recipes")).splitlines()
    (row,) = [row for row in rows if row.startswith(f"| {title.lower()} ")]
    assert row.endswith(f"| {size_of(recipe(title))} |")


@pytest.mark.parametrize(("title", "says"), [
    ("A signal", "MarketSignal.TREND is not chosen in read_market"),
    ("An instrument", "Instrument.GIFT is not chosen in supply_liquidity"),
    ("An innovation law", "Draw.LAPLACE is not chosen in _draw_apart, _draw_residuals"),
])
def test_a_row_that_kernels_do_not_know_fails_at_import(title, says, tmp_path):
    row = [hunk for hunk in hunks_of(recipe(title)) if hunk.file.endswith("terms/kinds.py")]
    ended = run_in(copy_with(row, tmp_path), "-c", "import backstop.kernels.step, backstop.kernels.market.shocks")
    assert says in ended.stderr


def test_a_row_that_the_oracle_does_not_know_fails_at_import(tmp_path):
    kernels = [hunk for hunk in hunks_of(recipe("A signal")) if hunk.file.startswith("src")]
    ended = run_in(copy_with(kernels, tmp_path), "-c", "import oracle.keys")
    assert "MarketSignal.TREND is not chosen in market_signal" in ended.stderr
