"""`run --blocks` and `merge`, as users give them."""

import json
import sys

import pytest

from backstop.runs import tiles
from commands import SMALL, run_here


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """The small config in four blocks of sixteen paths."""
    monkeypatch.setattr(tiles, "MAX_BLOCK_PATHS", 16)


def files(folder):
    """All files but the journal's and the manifest, whose timings are not compared."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.parent.name != "journal" and path.name != "manifest.json"}


def test_shards_merged_are_the_run_of_one_command_and_say_the_same(tmp_path):
    whole = run_here("run", SMALL, "-o", tmp_path / "whole", "--json")
    for folder, blocks in (("a", "2:4"), ("b", "0:2")):
        made = run_here("run", SMALL, "--blocks", blocks, "-o", tmp_path / folder)
        assert made.out == (f"{tmp_path / folder}: blocks {blocks} of 4, 2 made; once all are there, "
                            f"`backstop merge {tmp_path / folder}` makes it a run\n")
    merged = run_here("merge", tmp_path / "a", tmp_path / "b", "-o", tmp_path / "merged", "--json")
    assert merged.code == 0, merged.err
    assert files(tmp_path / "merged") == files(tmp_path / "whole")
    assert run_here("diff", tmp_path / "whole", tmp_path / "merged").code == 0
    assert run_here("verify", tmp_path / "merged").code == 0
    assert json.loads(merged.out) == json.loads(whole.out) | {"run": str(tmp_path / "merged")}


def test_a_shared_folder_is_merged_in_its_place_with_its_settings(tmp_path):
    folder = tmp_path / "run"
    for blocks in ("0:1", "1:2"):
        run_here("run", SMALL, "--paths", 30, "--set", "pool.idle_yield_ann_frac=0.01", "--blocks", blocks,
                 "-o", folder)
    merged = run_here("merge", folder, "--json")
    assert json.loads(merged.out)["run"] == str(folder)
    assert json.loads((folder / "manifest.json").read_bytes())["overrides"] == [
        "pool.idle_yield_ann_frac=0.01", "run.paths=30"]


def test_the_command_that_makes_missing_blocks_makes_them(tmp_path):
    run_here("run", SMALL, "--seed", 3, "--blocks", "1:4", "-o", tmp_path)
    missing = run_here("merge", tmp_path)
    assert missing.code == 2
    words = missing.err.partition("make them with: backstop ")[2].split()
    assert words[-4:] == ["--blocks", "0:1", "-o", str(tmp_path)]
    assert run_here(*words).code == 0
    assert run_here("merge", tmp_path).code == 0


@pytest.mark.parametrize(("more", "said"), [
    (["--blocks", "0:1", "--overwrite"], "leave out --overwrite"),
    (["--blocks", "0:1", "--decompose", "--dry-run"], "leave out --decompose, --dry-run"),
    (["--blocks", "7:9"], "the run has blocks 0 to 3, so all of them are 0:4"),
    (["--blocks", "0:1", "--engine", "dask"], "leave out --engine"),
    (["--scheduler", "tcp://host:8786"], "is for --engine dask; add that"),
    (["--engine", "dask", "--overwrite"], "leave out --overwrite, or make it in a folder by --engine local")])
def test_what_does_not_go_with_blocks_is_refused_in_one_line(tmp_path, more, said):
    ended = run_here("run", SMALL, "-o", tmp_path / "run", *more)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert said in ended.err


def test_a_dry_run_says_how_many_blocks_there_are(tmp_path):
    assert "in 4 blocks" in run_here("run", SMALL, "--dry-run").out


def test_a_dry_run_says_what_the_run_takes_on_a_cluster(tmp_path):
    said = run_here("run", SMALL, "--dry-run", "--cores", 2, "--core-hour", 0.5).out.splitlines()
    assert [line.partition(" ")[0] for line in said[-2:]] == ["cluster", ""]
    assert " tasks of " in said[-2]
    assert said[-2].endswith(" at that price")
    plan = json.loads(run_here("run", SMALL, "--dry-run", "--cores", 2, "--json").out)["cluster"]
    assert (plan["n_cores"], plan["n_files"], plan["money"]) == (2, 16, None)
    ended = run_here("run", SMALL, "--cores", 2)
    assert (ended.code, ended.err) == (2, "--cores, --core-hour: are for --dry-run, the second with the first\n")


def test_merging_several_folders_asks_where_to(tmp_path):
    ended = run_here("merge", tmp_path / "a", tmp_path / "b")
    assert (ended.code, ended.err) == (2, "merge: blocks of 2 places go to one folder; name it with --out\n")


@pytest.mark.filterwarnings("ignore")
def test_a_run_by_dask_is_the_run_of_threads(tmp_path):
    pytest.importorskip("distributed")
    whole = run_here("run", SMALL, "-o", tmp_path / "whole", "--json")
    made = run_here("run", SMALL, "-o", tmp_path / "dask", "--engine", "dask", "--threads", 2, "--json")
    assert made.code == 0, made.err
    assert files(tmp_path / "dask") == files(tmp_path / "whole")
    assert json.loads(made.out) == json.loads(whole.out) | {"run": str(tmp_path / "dask")}


def test_without_dask_the_engine_is_refused_in_a_line(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    ended = run_here("run", SMALL, "-o", tmp_path / "run", "--engine", "dask")
    assert (ended.code, ended.err) == (3, "--engine dask: needs the package distributed; pip install "
                                       "'backstop[cluster]'\n")
