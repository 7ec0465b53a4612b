"""What a function writes and what its command writes are the same bytes; frames say what files say."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas
import polars as pl
import pyarrow.parquet as pq
import pytest

import backstop
from backstop.errors import ConfigError, DirectoryRefused, EnvironmentFailure, RunIncomplete
from commands import SMALL, run_here

ROOT = Path(__file__).parents[2]


def files_in(folder):
    """Every file with its bytes; of the manifest all but the seconds that phases took, of the journal nothing."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*"))
             if path.is_file() and "journal" not in path.parts}
    if "manifest.json" in found:
        found["manifest.json"] = {k: v for k, v in json.loads(found["manifest.json"]).items() if k != "timings"}
    return found


def in_a_new_process(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT / "src")}).stdout


def test_importing_loads_nothing_heavy():
    heavy = in_a_new_process("import backstop, sys; dir(backstop); print([m for m in ('polars', 'numba', 'numpy', "
                             "'pyarrow', 'arch', 'pydantic', 'llvmlite') if m in sys.modules])")
    assert heavy.strip() == "[]"


def test_importing_takes_less_than_a_tenth_of_a_second():
    code = "import time; t = time.process_time(); import backstop; print(time.process_time() - t)"
    assert min(float(in_a_new_process(code)) for _ in range(3)) < 0.1


def test_a_name_that_there_is_not_is_told_with_those_there_are():
    with pytest.raises(AttributeError, match="open_run"):
        backstop.openrun  # noqa: B018  # the look-up is what fails
    assert set(backstop.__all__) <= set(dir(backstop))


def test_run_writes_what_the_command_writes(made, tmp_path):
    ended = run_here("run", SMALL, "-o", tmp_path / "run", "--paths", 32, "--set", "run.days=30")
    assert ended.code == 0
    ours, theirs = files_in(made.folder), files_in(tmp_path / "run")
    assert len(ours) >= 8
    assert ours == theirs


def test_simulate_writes_what_the_command_writes(tmp_path):
    frame = backstop.simulate(SMALL, tmp_path / "ours.parquet", paths=8, seed=3)
    run_here("simulate", SMALL, "-o", tmp_path / "theirs.parquet", "--paths", 8, "--seed", 3)
    assert (tmp_path / "ours.parquet").read_bytes() == (tmp_path / "theirs.parquet").read_bytes()
    assert frame.collect().height == 8 * 40


def test_size_writes_what_the_command_writes(tmp_path):
    answer = backstop.size(SMALL, target=0.1, paths=64)
    answer.write(tmp_path / "ours")
    run_here("size", SMALL, "--target", 0.1, "--paths", 64, "-o", tmp_path / "theirs")
    assert files_in(tmp_path / "ours") == files_in(tmp_path / "theirs")
    assert answer.curves["p"].is_between(0.0, 1.0).all()
    assert answer.curves.equals(pl.read_parquet(tmp_path / "theirs" / "size.parquet"))


def test_sweep_writes_what_the_command_writes(tmp_path):
    vary = ["pool.layers.last.size=1e8:9e8:2"]
    answer = backstop.sweep(SMALL, vary, tmp_path / "ours", keep=["dry<0.9"], paths=32)
    run_here("sweep", SMALL, "--vary", vary[0], "--keep", "dry<0.9", "--paths", 32, "-o", tmp_path / "theirs")
    assert answer.designs.equals(pl.read_parquet(tmp_path / "theirs" / "designs.parquet"))
    assert (tmp_path / "ours" / "sweep.json").read_bytes() == (tmp_path / "theirs" / "sweep.json").read_bytes()


def test_optimise_writes_what_the_command_writes(tmp_path):
    vary, keep = ["pool.layers.last.size=1e8:9e8"], ["pool_size<8e8"]
    answer = backstop.optimise(SMALL, vary, tmp_path / "ours", best="injected", keep=keep, n=4, paths=32)
    run_here("optimise", SMALL, "--vary", vary[0], "--best", "injected", "--keep", keep[0], "--n", 4, "--paths", 32,
             "-o", tmp_path / "theirs")
    assert answer.designs.equals(pl.read_parquet(tmp_path / "theirs" / "designs.parquet"))
    assert (tmp_path / "ours" / "optimise.json").read_bytes() == (tmp_path / "theirs" / "optimise.json").read_bytes()


def test_sensitivity_writes_what_the_command_writes(tmp_path):
    config = tmp_path / "tagged.toml"
    config.write_text(SMALL.read_text().replace("coverage_frac = 0.8", "coverage_frac = 0.8  # [ours, 0.7 to 0.9]"))
    answer = backstop.sensitivity(config, tmp_path / "ours", headline="injected", paths=32)
    run_here("sensitivity", config, "--headline", "injected", "--paths", 32, "-o", tmp_path / "theirs")
    for name in ("sensitivity.json", "sensitivity.parquet"):
        assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes()
    assert answer.moved["value"].to_list() in ([0.7, 0.9], [0.9, 0.7])


def test_reverse_writes_what_the_command_writes(tmp_path):
    answer = backstop.reverse(SMALL, failures=["dry", "injected>1e8"], paths=32)
    answer.write(tmp_path / "ours")
    run_here("reverse", SMALL, "--failure", "dry", "--failure", "injected>1e8", "--paths", 32, "-o",
             tmp_path / "theirs")
    assert files_in(tmp_path / "ours") == files_in(tmp_path / "theirs")
    assert set(answer.scenarios["scenario"]) == {"modal", "typical", "smallest"}


def test_rare_writes_what_the_command_writes(tmp_path):
    answer = backstop.rare(SMALL, "forced_sales>6e9", paths=400)
    answer.write(tmp_path / "ours")
    run_here("rare", SMALL, "--event", "forced_sales>6e9", "--paths", 400, "-o", tmp_path / "theirs")
    assert files_in(tmp_path / "ours") == files_in(tmp_path / "theirs")
    assert answer.chance is None or 0.0 < answer.chance.value < 1.0


def test_the_summary_is_the_file_with_the_level_of_its_intervals(made):
    stored = pl.read_parquet(made.folder / "summary.parquet")
    assert made.summary.columns[:9] == ["arm", "fund", "metric", "statistic", "estimate", "lower", "upper", "unit",
                                        "level"]
    assert made.summary.drop("level").select(stored.columns).equals(stored)
    assert made.summary["level"].unique().to_list() == [0.95]


def test_frames_have_a_row_for_all_that_was_simulated(made):
    assert made.paths.collect().height == 32 * 2
    assert made.funds.collect().height == 32 * 2
    assert made.daily["day"].max() == 30
    assert made.trace(3)["day"].max() == 30
    assert made.verify(1).findings == []


def test_the_dictionary_has_every_column_with_a_meaning(made):
    stored = pq.read_schema(next((made.folder / "paths").iterdir())).names
    assert made.columns.filter(table="paths")["column"].to_list() == stored
    assert made.columns.filter(pl.col("meaning") == "").is_empty()


@pytest.mark.parametrize("table", ["paths", "funds", "daily"])
def test_arrays_hold_what_the_table_holds(made, table):
    found = made.to_xarray(table)
    rows = {"paths": made.paths, "funds": made.funds, "daily": made.daily.lazy()}[table].collect()
    keys = [axis for axis in ("path", "arm", "fund", "day", "metric") if axis in found.dims]
    assert {*found.variables} == {*rows.columns}
    for row in rows.sample(20, seed=1).to_dicts():
        here = found.sel({key: row[key] for key in keys})
        for name, value in row.items():
            held = here[name].item()
            assert held == value or (value is None and held != held), name


def test_arrays_say_unit_and_meaning(made):
    said = made.to_xarray()["injected"].attrs
    assert said["unit"] == "currency"
    assert said["meaning"] == "cash that reached funds"


def test_arrays_of_no_table_and_without_the_package_are_refused(made, monkeypatch):
    with pytest.raises(ConfigError, match="write 'paths', 'funds', 'daily'"):
        made.to_xarray("summary")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EnvironmentFailure, match="pip install"):
        made.to_xarray()


def test_every_reader_of_parquet_finds_the_same_rows(made):
    for table in ("paths", "funds"):
        pattern = str(made.folder / table / "*.parquet")
        (file,) = (made.folder / table).iterdir()
        by_polars = pl.read_parquet(pattern)
        by_duckdb = duckdb.sql(f"FROM '{pattern}'").pl()
        assert by_duckdb.equals(by_polars)
        assert pl.from_arrow(pq.read_table(file)).equals(by_polars)
        assert pl.from_pandas(pandas.read_parquet(file, dtype_backend="pyarrow")).equals(by_polars)


def test_html_is_small_static_and_escaped(made):
    html = made._repr_html_()
    assert len(html) < 20_000
    assert "<script" not in html
    assert "Paths on which it acts" in html


def test_errors_are_those_of_the_commands(made, tmp_path):
    with pytest.raises(DirectoryRefused, match="complete run"):
        backstop.run(SMALL, made.folder, paths=32)
    with pytest.raises(RunIncomplete, match="no manifest"):
        backstop.open_run(tmp_path)
    with pytest.raises(ConfigError, match="no chance"):
        backstop.size(SMALL, target=1.5)
    with pytest.raises(ConfigError, match="repeated as it was"):
        backstop.size(made.folder, paths=5)


@pytest.mark.parametrize(("call", "said"), [
    (lambda: backstop.size(SMALL, crisis="kye"), "crisis: 'kye' is not among the choices; did you mean 'key'?"),
    (lambda: backstop.size(SMALL, target="x"), "target: 'x' is no number"),
    (lambda: backstop.run(SMALL, threads=-3), "threads: -3 is too small; write at least 1"),
    (lambda: backstop.run(SMALL, overrides="run.paths=8"), "overrides: is a text, and several are taken"),
    (lambda: backstop.sweep(SMALL, ["run.days=5,6"], kind="grdi"), "kind: 'grdi' is not among the choices"),
    (lambda: backstop.sweep(SMALL, ["run.days=5,6"], n=1), "n: 1 is too small; write at least 2"),
    (lambda: backstop.history(SMALL, first="soon"), "first: 'soon' is no date"),
])
def test_an_argument_that_the_command_would_refuse_is_refused_in_a_line(call, said):
    with pytest.raises(ConfigError) as caught:
        call()
    assert (caught.value.exit_code, len(caught.value.lines)) == (2, 1)
    assert caught.value.lines[0].startswith(said)


def test_the_example_of_the_page_runs(tmp_path, monkeypatch):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    (tmp_path / "small.toml").write_bytes(SMALL.read_bytes())
    monkeypatch.chdir(tmp_path)
    names = {}
    exec("\n".join(blocks), names)
    assert names["worst"].height == 3
    assert names["days"]["value"].max() > 0.0
    assert names["answer"].curves.height > 1
    assert names["market"].height == 16 * 40


def test_types_are_known_outside_of_the_package(tmp_path):
    mypy = pytest.importorskip("mypy.api")
    user = tmp_path / "user.py"
    user.write_text("import backstop\nimport polars as pl\n"
                    "frame: pl.DataFrame = backstop.open_run('run').summary\n"
                    "lazy: pl.LazyFrame = backstop.open_run('run').paths\n"
                    "size: float | None = backstop.size('a.toml').advised\n"
                    "wrong: int = backstop.open_run('run').summary\n"
                    "backstop.no_such_name\n")
    config = tmp_path / "mypy.ini"
    config.write_text(f"[mypy]\nstrict = True\nmypy_path = {ROOT / 'src'}\nfollow_imports = silent\n")
    out, _, _ = mypy.run(["--config-file", str(config), "--cache-dir", str(tmp_path / "cache"), str(user)])
    lines = [line.partition(": ")[0] for line in out.splitlines() if ": error: " in line]
    assert lines == [f"{user}:6", f"{user}:7"], out
