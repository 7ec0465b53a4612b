"""`run`: what it prints where, what it writes, what it refuses."""

import hashlib
import json
import subprocess
import sys

import polars as pl
import pytest

from commands import SMALL, run_here

FILES = {"manifest.json", "config.toml", "resolved.json", "fits.json", "daily.parquet", "summary.parquet",
         "summary.json", "paths", "funds", "journal"}


def content(folder):
    """Hash by name of all that two equal runs share: everything but timings."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json"}


def test_a_run_prints_the_answer_and_writes_its_directory(finished):
    folder, ended = finished
    assert ended.code == 0
    assert ended.out.startswith("fund averts")
    assert "backstop show" in ended.out
    assert {path.name for path in folder.iterdir()} == FILES
    assert (folder / "config.toml").read_text() == SMALL.read_text()
    paths, funds = (pl.read_parquet(folder / table / "part-*.parquet") for table in ("paths", "funds"))
    assert paths.height == funds.height == 2 * 64
    assert set(paths["arm"]) == {"none", "fund"}


def test_standard_error_of_a_run_without_a_terminal_holds_no_progress(finished):
    lines = [line for line in finished[1].err.splitlines() if "compiling" not in line]
    assert lines == []


def test_json_is_all_that_stands_on_standard_output(tmp_path, finished):
    ended = run_here("run", SMALL, "-o", tmp_path / "run", "--json", "--quiet")
    assert (ended.code, ended.err) == (0, "")
    printed = json.loads(ended.out)
    assert printed["run"] == str(tmp_path / "run")
    assert printed["summary"] == json.loads((finished[0] / "summary.json").read_bytes())


def test_a_second_run_is_the_same_bytes_whatever_the_threads(tmp_path, finished):
    assert run_here("run", SMALL, "-o", tmp_path / "run", "--threads", 2, "--quiet").code == 0
    assert content(tmp_path / "run") == content(finished[0])


def test_another_seed_is_another_run(tmp_path, finished):
    assert run_here("run", SMALL, "-o", tmp_path / "run", "--seed", 8, "--quiet").code == 0
    part = "paths/part-000000.parquet"
    assert content(tmp_path / "run")[part] != content(finished[0])[part]


def test_paths_and_settings_change_the_run(tmp_path):
    ended = run_here("run", SMALL, "-o", tmp_path / "run", "--paths", 16, "--set", "run.days=5")
    assert ended.code == 0
    assert "16 paths of 5 days" in ended.out
    assert pl.read_parquet(tmp_path / "run" / "paths" / "part-*.parquet").height == 2 * 16


def test_a_complete_run_is_replaced_only_when_told(tmp_path):
    folder = tmp_path / "run"
    assert run_here("run", SMALL, "-o", folder, "--paths", 16).code == 0
    again = run_here("run", SMALL, "-o", folder, "--paths", 24)
    assert again == (2, "", f"{folder}: holds a complete run; name another folder with --out, or add --overwrite\n")
    (folder / "notes.txt").write_text("mine")
    assert run_here("run", SMALL, "-o", folder, "--paths", 24, "--overwrite").code == 0
    assert pl.read_parquet(folder / "paths" / "part-*.parquet").height == 2 * 24
    assert (folder / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("command", [("run", SMALL, "--blocks", "0:1", "-o"), ("merge",)])
def test_overwriting_is_advised_only_where_it_is_an_option(command, tmp_path):
    folder = tmp_path / "run"
    assert run_here("run", SMALL, "-o", folder, "--paths", 16).code == 0
    ended = run_here(*command, folder)
    assert ended.code == 2
    assert "complete run" in ended.err
    assert "--overwrite" not in ended.err


def test_designs_do_not_advise_what_they_cannot(tmp_path):
    command = "designs", SMALL, "--only", "rbi-slf-mf-2020", "--scenario", "none", "--paths", 16, "-o", tmp_path
    assert run_here(*command).code == 0
    (run,) = (path for path in tmp_path.iterdir() if path.is_dir())
    (run / "manifest.json").unlink()
    (run / "journal" / "run.json").write_text((run / "journal" / "run.json").read_text().replace("16", "17"))
    ended = run_here(*command)
    assert ended.code == 2
    assert ended.err.endswith("name another folder with --out\n")


def test_the_same_command_again_shows_the_run_that_is_there(finished):
    before = content(finished[0])
    again = run_here("run", SMALL, "-o", finished[0])
    assert (again.code, again.out) == (0, finished[1].out)
    assert again.err == f"backstop: {finished[0]}: this run is there already; --overwrite makes it anew\n"
    assert content(finished[0]) == before


def test_a_config_from_a_pipe_is_kept_as_it_was_read(tmp_path, finished):
    script = f'"{sys.executable}" -m backstop run <(cat "{SMALL}") -o "{tmp_path / "run"}" --quiet'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, cwd=SMALL.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "run" / "config.toml").read_bytes() == SMALL.read_bytes()
    assert (tmp_path / "run" / "summary.json").read_bytes() == (finished[0] / "summary.json").read_bytes()


def test_a_config_is_kept_to_the_byte_whatever_ends_its_lines(tmp_path):
    config = tmp_path / "windows.toml"
    config.write_bytes(SMALL.read_bytes().replace(b"\n", b"\r\n") + "# 中文\r\n".encode())
    assert run_here("run", config, "-o", tmp_path / "run", "--paths", 8, "--quiet").code == 0
    assert (tmp_path / "run" / "config.toml").read_bytes() == config.read_bytes()
    assert run_here("verify", tmp_path / "run").code == 0


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_a_folder_of_something_else_is_left_alone(tmp_path, options):
    (tmp_path / "thesis.tex").write_text("mine")
    ended = run_here("run", SMALL, "-o", tmp_path, *options)
    assert ended.code == 2
    assert ended.err == f"{tmp_path}: holds files that are no backstop run; name a new or empty folder with --out\n"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_without_a_folder_a_run_is_named_after_itself_and_found_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = run_here("run", SMALL, "--json", "--quiet")
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("small")
    written = content(folder)
    again = run_here("run", SMALL, "--json")
    assert (again.code, again.out) == (0, first.out)
    assert again.err == f"backstop: runs/{folder.name}: this run is there already; --overwrite makes it anew\n"
    assert content(folder) == written


def test_a_dry_run_estimates_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = run_here("run", SMALL, "--dry-run", "-o", tmp_path / "run")
    assert ended.code == 0
    for word in ("64 paths of 40 days, 2 arms", "time", "memory", "disk"):
        assert word in ended.out
    plan = json.loads(run_here("run", SMALL, "--dry-run", "--json", "--quiet", "--paths", 100_000).out)
    assert plan["n_paths"] == 100_000
    assert plan["disk_bytes"] > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [["--paths", "0"], ["--threads", "none"], ["--no-such-option"], []])
def test_wrong_usage_ends_with_2(options):
    arguments = [SMALL, *options] if options else []
    ended = run_here("run", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err


def test_a_run_with_a_goal_says_what_it_came_to_and_goes_where_no_other_run_goes(tmp_path):
    ended = run_here("run", SMALL, "--target-error", "injected=0.2", "--paths", "20000", "-o", tmp_path / "run",
                     "--quiet", "--json")
    assert ended.code == 0, ended.err
    assert "injected to 20.0%: stopped at look 1 after 8,184 of 20,000 paths" in ended.err
    rows = json.loads(ended.out)["summary"]
    assert {row["n_paths"] for row in rows if row["metric"] == "injected" and row["fund"] is None} == {8184}
    assert run_here("verify", tmp_path / "run", "--quiet").code == 0
    assert run_here("run", SMALL, "--target-error", "injectd=0.2", "-o", tmp_path / "no", "--quiet").code == 2
