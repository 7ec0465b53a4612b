"""Commands on runs in an object store."""

import json

import pytest

from backstop.runs import tiles
from commands import SMALL, run_here
from object_server import serving

URL = "s3://runs/small"


@pytest.fixture
def server(monkeypatch):
    """And the small config in four blocks of sixteen paths."""
    monkeypatch.setattr(tiles, "MAX_BLOCK_PATHS", 16)
    with serving(monkeypatch) as server:
        yield server


def test_a_run_at_a_url_is_merged_shown_verified_reported_and_exported(server, tmp_path):
    for blocks in ("1:4", "0:1"):
        made = run_here("run", SMALL, "--blocks", blocks, "-o", URL)
        assert made.out.startswith(f"{URL}: blocks {blocks} of 4"), made.err
    merged = run_here("merge", URL, "--json")
    assert run_here("run", SMALL, "-o", tmp_path / "run", "--quiet").code == 0
    assert json.loads(merged.out) == json.loads(run_here("show", tmp_path / "run", "--json").out) | {"run": URL}
    assert f"backstop show {URL} --full" in run_here("show", URL).out
    assert run_here("verify", URL).out.startswith(f"{URL}: ")
    assert run_here("diff", URL, tmp_path / "run").code == 0
    assert run_here("report", URL, "-o", tmp_path / "page.html").code == 0
    assert (tmp_path / "page.html").stat().st_size > 10_000
    assert run_here("export", URL, "-o", tmp_path / "tables").code == 0
    assert (tmp_path / "tables" / "paths.csv").exists()
    for command in (["report"], ["export"], ["export", "--to", "duckdb", "-o", "x"]):
        ended = run_here(command[0], URL, *command[1:])
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert ended.err.startswith(URL)


def test_a_whole_run_goes_to_a_url_and_comes_to_a_folder(server, tmp_path):
    made = run_here("run", SMALL, "-o", URL, "--json")
    assert json.loads(made.out)["run"] == URL, made.err
    assert server.puts()[-1] == "/runs/small/manifest.json"
    again = run_here("run", SMALL, "-o", URL)
    assert (again.code, again.err) == (2, f"{URL}: holds a complete run; name another folder with --out, or add "
                                       "--overwrite\n")
    assert run_here("merge", URL, "-o", tmp_path / "run", "--quiet").code == 0
    assert run_here("diff", URL, tmp_path / "run").code == 0


def test_what_is_no_run_at_a_url_is_said_in_a_line(server):
    ended = run_here("show", URL)
    assert (ended.code, ended.err) == (2, f"{URL}: not a complete run, it has no manifest of backstop; `backstop merge "
                                       f"{URL}` makes it one once all blocks are there\n")
    assert run_here("run", SMALL, "-o", URL, "--overwrite").err == (
        f"{URL}: such a run is made block by block; leave out --overwrite, or make it in a folder by --engine local\n")
